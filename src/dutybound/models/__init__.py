"""Models as callables: their scores, the reasons of single decisions, and how robust both are.

Arrays come in; arrays, `Estimate` and `Undefined` go out. Only this package imports onnxruntime
and shap, and only inside the functions that need them.
"""
