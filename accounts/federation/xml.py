"""XML of identity providers, parsed so that it is only what it looks like: no DTD, no entities, no comments, UTF-8."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"
DS = "http://www.w3.org/2000/09/xmldsig#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
NAMESPACES = {"saml": SAML, "samlp": PROTOCOL, "md": METADATA, "ds": DS, "xenc": XENC}

Element = Any  # lxml has no types


class BadXml(ValueError):
    """The text is not XML that is accepted here; the message says why."""


def parsed(document: bytes) -> Element:
    """The root element. Declarations could define entities, and comments split texts: neither is accepted."""
    try:
        text = document.decode()
    except UnicodeDecodeError:
        raise BadXml("it is not UTF-8") from None
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise BadXml("it has a document type declaration")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise BadXml(f"it is not well-formed: {fault}") from None
    for node in root.iter():
        if not isinstance(node.tag, str):
            raise BadXml("it has a comment, a processing instruction or an entity")
    if root.getprevious() is not None or root.getnext() is not None:
        raise BadXml("it has a comment or a processing instruction beside its root")
    return root


def children(element: Element, path: str) -> list[Element]:
    """The elements at a path of direct children, such as `saml:Subject/saml:NameID`."""
    return element.findall(path, NAMESPACES)


def descendants(element: Element, namespace: str, name: str) -> Iterator[Element]:
    """Every element of that name at any depth, the element itself included."""
    return element.iter(f"{{{namespace}}}{name}")


def text_of(element: Element) -> str:
    """The whole text of an element that has no others in it."""
    if len(element):
        raise BadXml(f"{etree.QName(element).localname} has elements where a text should be")
    return (element.text or "").strip()
