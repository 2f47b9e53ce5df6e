"""Confident learning: which labels out-of-sample probabilities contradict, in blocks of rows.

``blocks``, where probabilities come from; ``evidence``, what they say of each label; ``joint``,
how often each class seems to be given for each other; ``filters``, which labels are flagged;
``largest``, the largest margins of each pair of classes; ``scores``, how doubtful each label is;
``class_quality``, what that says of classes and pairs of them; ``find``, all of it in one call.
"""
