"""The home region's projection: what decisions read, written in the transaction of each change."""
