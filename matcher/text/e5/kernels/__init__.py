"""
Loops in the processor's own words; :mod:`matcher.text.e5.plain` is their twin.

They are written for LLVM, sixteen numbers at a time, and compiled when a process first needs
them, in a tenth of a second: no loop in Python leads to the instruction that they are for.
"""
