//! The guide's advice for a workload beside what is simulated of it.
