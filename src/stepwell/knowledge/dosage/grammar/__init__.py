"""The grammar: small named rules from tokens to the parts of an instruction."""
