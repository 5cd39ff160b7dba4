"""Formats that others read: in-toto, DSSE, OSCAL, SARIF."""
