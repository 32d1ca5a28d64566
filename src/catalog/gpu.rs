//! The names of GPUs, as many ways as people write them.

/// One spelling for each name: `nvidia a100 80gb` and `A100-80GB` become `A100-80`, `RTX4090` becomes `RTX-4090`. An A10G is
/// the A10 of one cloud.
pub(super) fn canonical(name: &str) -> String {
    let name = name.trim().to_uppercase().replace([' ', '_'], "-");
    let name = name.strip_prefix("NVIDIA-").unwrap_or(&name);
    let parts: Vec<String> = name.split('-').filter(|part| !part.is_empty()).map(part).collect();
    parts.join("-")
}

fn part(part: &str) -> String {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match (part.strip_suffix("GB"), part.strip_prefix("RTX")) {
        (Some(memory), _) if is_number(memory) => memory.to_owned(),
        (_, Some(model)) if model.starts_with(|first: char| first.is_ascii_digit()) => format!("RTX-{model}"),
        _ if part == "A10G" => "A10".to_owned(),
        _ => part.to_owned(),
    }
}

/// Whether the GPU `full` is what someone means who writes `asked`: that very one, or any of the family that it names.
pub(super) fn is_a(full: &str, asked: &str) -> bool {
    let (full, asked) = (canonical(full), canonical(asked));
    full.strip_prefix(&asked).is_some_and(|rest| !asked.is_empty() && (rest.is_empty() || rest.starts_with('-')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_any_of_its_variants_and_no_other_family() {
        for (full, asked, expected) in [
            ("H100-SXM", "H100", true),
            ("H100-SXM", "h100 sxm", true),
            ("H100-PCIe", "H100-SXM", false),
            ("H100", "H100-SXM", false),
            ("A100-80", "A100", true),
            ("A100-80-SXM", "NVIDIA A100 80GB", true),
            ("A100-40", "A100-80", false),
            ("A100-80", "A10", false),
            ("A10", "A10G", true),
            ("L40S", "L40", false),
            ("L40S", "L4", false),
            ("RTX-4090", "RTX4090", true),
            ("RTX-PRO-6000", "rtx_pro_6000", true),
            ("T4G", "T4", false),
            ("H100", "", false),
            ("H100", "-", false),
        ] {
            assert_eq!(is_a(full, asked), expected, "{full} for {asked}");
        }
    }
}
