"""The pages, a module each; `routes` says where they are."""
