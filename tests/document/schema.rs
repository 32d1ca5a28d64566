//! Validates JSON against the part of JSON Schema (draft 2020-12) that `docs/schema` uses. A validator crate would change the
//! features of dependencies that the program shares with the tests, and build the heaviest of them twice. A keyword that is not
//! known here is an error, so that no part of a schema goes unchecked.

use serde_json::Value;

/// What is wrong with `value`, each with the path to it; empty when it keeps to the schema.
pub fn problems(schema: &Value, value: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    Validator { root: schema, problems: &mut problems }.check(schema, value, "$");
    problems
}

struct Validator<'a, 'p> {
    root: &'a Value,
    problems: &'p mut Vec<String>,
}

impl<'a> Validator<'a, '_> {
    fn check(&mut self, schema: &Value, value: &Value, path: &str) {
        for (keyword, rule) in schema.as_object().expect("a schema is an object") {
            let holds = match keyword.as_str() {
                "$schema" | "$defs" | "title" | "description" => true,
                "$ref" => {
                    self.check(self.target(rule), value, path);
                    true
                }
                "type" => has_type(rule, value),
                "const" => rule == value,
                "enum" => array(rule).contains(value),
                "minimum" => value.as_f64().is_none_or(|number| number >= rule.as_f64().expect("a number")),
                "minItems" => {
                    value.as_array().is_none_or(|items| items.len() as u64 >= rule.as_u64().expect("a count"))
                }
                "required" => {
                    value.as_object().is_none_or(|object| array(rule).iter().all(|key| object.contains_key(text(key))))
                }
                "additionalProperties" => {
                    let known = schema["properties"].as_object();
                    let others: Vec<(&String, &Value)> = value
                        .as_object()
                        .into_iter()
                        .flatten()
                        .filter(|(key, _)| known.is_none_or(|known| !known.contains_key(*key)))
                        .collect();
                    if rule.is_object() {
                        others.iter().for_each(|(key, other)| self.check(rule, other, &format!("{path}.{key}")));
                    } else {
                        assert_eq!(rule, &Value::Bool(false), "the only other form that is known here");
                    }
                    rule.is_object() || others.is_empty()
                }
                "properties" => {
                    for (key, rule) in rule.as_object().expect("an object") {
                        if let Some(member) = value.get(key) {
                            self.check(rule, member, &format!("{path}.{key}"));
                        }
                    }
                    true
                }
                "items" => {
                    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(rule, item, &format!("{path}[{index}]"));
                    }
                    true
                }
                unknown => panic!("the keyword {unknown} is not known here"),
            };
            if !holds {
                self.problems.push(format!("{path}: {keyword} {rule}"));
            }
        }
    }

    fn target(&self, reference: &Value) -> &'a Value {
        let pointer = text(reference).strip_prefix('#').expect("a reference within the schema");
        self.root.pointer(pointer).expect("a definition")
    }
}

fn has_type(rule: &Value, value: &Value) -> bool {
    let is = |name: &Value| match text(name) {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        unknown => panic!("the type {unknown} is not known here"),
    };
    rule.as_array().map_or_else(|| is(rule), |names| names.iter().any(is))
}

fn array(rule: &Value) -> &Vec<Value> {
    rule.as_array().expect("an array")
}

fn text(rule: &Value) -> &str {
    rule.as_str().expect("a string")
}
