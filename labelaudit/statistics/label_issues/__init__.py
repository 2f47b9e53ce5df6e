"""Confident learning: which labels out-of-sample probabilities contradict, in blocks of rows.

``find`` does all of it in one call, after ``checks`` of what it is given. ``blocks`` says where
probabilities come from, ``per_item`` goes through them; ``evidence`` is what they say of each
label, ``scores`` how doubtful that makes it, ``joint`` how often each class seems to be given for
each other, ``filters`` which labels are flagged, by the ``largest`` margins of pairs of classes
among others, and ``class_quality`` what all this says of classes and of pairs of them.
"""
