//! model + labels -> evaluation: classification, calibration, quantification, baselines.
