//! posteriors -> prevalence per class with an interval that is true.
