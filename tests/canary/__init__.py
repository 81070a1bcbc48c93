"""Numbers are planted wherever a text can put them, and looked for wherever they could lie afterwards.

========================  ==================================================================
tests.canary.forms        finds a number in bytes, in whatever form it lies there
tests.canary.places       where a number is planted: a line each
tests.canary.readings     where it is looked for afterwards: a line each
tests.canary.broken       a store, keys and a clock that fail at the nth call
========================  ==================================================================
"""
