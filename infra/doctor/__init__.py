"""`trunkline doctor`: looks at a PBX and our own parts, and says what is wrong or weak and how to mend it."""
