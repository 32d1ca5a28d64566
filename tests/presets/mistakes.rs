//! Mistakes beside presets, and the exact messages that they get.

use super::{fleet, try_loading};

#[test]
fn fails_on_a_preset_that_cannot_be_filled_in_with_what_to_write() {
    let modal = "preset = \"modal\"\ngpu = \"H100\"";
    let cases = [
        ("a misspelt preset", "preset = \"modle\"\ngpu = \"H100\"".to_owned(), vec![]),
        ("no name of a preset", "preset = 5\ngpu = \"H100\"".to_owned(), vec![]),
        ("no GPU", "preset = \"modal\"".to_owned(), vec![]),
        ("a misspelt GPU", modal.replace("H100", "H1000"), vec![]),
        ("a GPU that others sell", modal.replace("modal", "fal"), vec![]),
        ("a GPU that others sell, of one product", modal.replace("modal", "cloud-run"), vec![]),
        ("a region of nowhere", format!("{modal}\nregion = \"moon\""), vec![]),
        ("a product of nowhere", format!("{modal}\nproduct = \"desk\""), vec![]),
        ("a platform without GPUs to sell", modal.replace("modal", "knative"), vec![]),
        ("a platform without a known price", modal.replace("modal", "azure-container-apps"), vec![]),
        ("a preset beside a provider", format!("{modal}\nprovider = \"modal\""), vec![]),
        ("a dedicated fleet", format!("kind = \"dedicated\"\ninstances = 2\n{modal}"), vec![]),
        (
            "a hybrid fleet",
            "kind = \"hybrid\"\npreset = \"modal\"\n[[fleet.pool]]\nname = \"a\"\npreset = \"modal\"\ngpu = \"H100\"\n\
             [[fleet.pool]]\nname = \"b\"\npreset = \"koyeb\"\ngpu = \"H100\""
                .to_owned(),
            vec![],
        ),
        ("a misspelt key", format!("{modal}\nkeep_alife = \"5s\""), vec![]),
        ("more instances than the preset has", format!("{modal}\nmin_instances = 20"), vec![]),
        ("a start beside a cold start", format!("{modal}\ncold_start = \"5s\"\nstart = {{ load = \"5s\" }}"), vec![]),
        ("an override that is no preset", modal.to_owned(), vec!["fleet.x.preset=runpod"]),
        ("an override of a preset's key", modal.to_owned(), vec!["fleet.x.keep_alive=soon"]),
        ("an override of a key within a preset's", modal.to_owned(), vec!["fleet.x.start.load.gigabytes=many"]),
    ];
    let mut all = String::new();
    for (name, keys, set) in cases {
        match try_loading(&fleet(&keys), &set, None) {
            Ok(_) => panic!("{name}: a broken scenario was loaded"),
            Err(problems) => all.push_str(&format!("# {name}\n\n{}\n", problems.render(false))),
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!("broken_presets", all));
}
