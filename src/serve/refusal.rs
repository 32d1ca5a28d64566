//! Why a request is not answered, as JSON with its status.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

use crate::experiment::{LoadError, VolumeError};
use crate::report;
use crate::scenario::{Problem, Problems};
use crate::trace::TraceError;

/// After so many seconds it is worth while to ask again.
const RETRY_AFTER_S: u32 = 1;

/// Why a request is not answered.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The scenario or what is set of it is wrong.
    Problems(Box<Problems>),
    /// What is asked cannot be asked of this scenario.
    Wrong(String),
    /// It would take too much work.
    TooLarge {
        requests: u64,
        limit: u64,
        text: String,
    },
    /// The body is not what the route reads.
    Unreadable(String),
    BodyTooLong {
        limit: usize,
    },
    BodyTooSlow,
    MediaType,
    Forbidden(String),
    NotFound(String),
    Method,
    /// Too much is waiting.
    Busy,
    TookTooLong(Duration),
    /// The server stops.
    Ended,
    Failed(String),
}

/// A mistake as the contract of the API has it.
#[derive(Serialize)]
struct Mistake<'a> {
    file: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    found: &'a str,
    expected: &'a str,
    mend: &'a str,
}

impl<'a> From<&'a Problem> for Mistake<'a> {
    fn from(problem: &'a Problem) -> Mistake<'a> {
        Mistake {
            file: &problem.file,
            line: problem.line,
            column: problem.column,
            found: &problem.found,
            expected: &problem.expected,
            mend: &problem.mend,
        }
    }
}

impl Refusal {
    /// A simulation that was ended, or a trace that can no longer be read.
    pub fn of_trace(error: &TraceError) -> Refusal {
        match error.is_given_up() {
            true => Refusal::Ended,
            false => Refusal::Failed(error.to_string()),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Refusal::Problems(_) | Refusal::Wrong(_) | Refusal::TooLarge { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Refusal::Unreadable(_) => StatusCode::BAD_REQUEST,
            Refusal::BodyTooLong { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Refusal::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Refusal::Forbidden(_) => StatusCode::FORBIDDEN,
            Refusal::NotFound(_) => StatusCode::NOT_FOUND,
            Refusal::Method => StatusCode::METHOD_NOT_ALLOWED,
            Refusal::Busy => StatusCode::TOO_MANY_REQUESTS,
            Refusal::TookTooLong(_) | Refusal::Ended => StatusCode::SERVICE_UNAVAILABLE,
            Refusal::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A word for programs, and a sentence for people.
    fn said(&self) -> (&'static str, String) {
        match self {
            Refusal::Problems(problems) => ("wrong", problems.render(false)),
            Refusal::Wrong(text) => ("wrong", text.clone()),
            Refusal::TooLarge { text, .. } => ("too-large", text.clone()),
            Refusal::Unreadable(text) => ("unreadable", text.clone()),
            Refusal::BodyTooLong { limit } => (
                "body-too-long",
                format!("the body is longer than {limit} bytes; start the server with --max-body to allow more"),
            ),
            Refusal::BodyTooSlow => ("body-too-slow", "the body did not arrive in time".to_owned()),
            Refusal::MediaType => {
                let text = "the body must be application/json or application/toml, and its Content-Type must say so";
                ("media-type", text.to_owned())
            }
            Refusal::Forbidden(text) => ("forbidden", text.clone()),
            Refusal::NotFound(text) => ("not-found", text.clone()),
            Refusal::Method => ("method", "this address is asked with another method; see Allow".to_owned()),
            Refusal::Busy => (
                "busy",
                "too many simulations are waiting; ask again, or start the server with a longer --queue".to_owned(),
            ),
            Refusal::TookTooLong(longest) => {
                ("took-too-long", format!("the simulation was ended after {} s", longest.as_secs()))
            }
            Refusal::Ended => ("ended", "the server stops".to_owned()),
            Refusal::Failed(text) => ("failed", text.clone()),
        }
    }

    /// The document that is the answer.
    pub fn document(&self) -> Value {
        let (error, text) = self.said();
        let mut document = json!({ "error": error, "text": text });
        let problems: Vec<Mistake> = match self {
            Refusal::Problems(problems) => problems.list().iter().map(Mistake::from).collect(),
            _ => Vec::new(),
        };
        match self {
            Refusal::Problems(_) | Refusal::Wrong(_) => document["problems"] = json!(problems),
            Refusal::TooLarge { requests, limit, .. } => {
                document["requests"] = json!(requests);
                document["limit"] = json!(limit);
            }
            _ => {}
        }
        document
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let json = [(header::CONTENT_TYPE, "application/json")];
        let mut response = (self.status(), json, format!("{:#}\n", self.document())).into_response();
        match self {
            Refusal::Busy => {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_S));
            }
            // What is left of the body is not read: the connection cannot be used again.
            Refusal::BodyTooLong { .. } | Refusal::BodyTooSlow => {
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            _ => {}
        }
        response
    }
}

impl From<Problems> for Refusal {
    fn from(problems: Problems) -> Refusal {
        Refusal::Problems(Box::new(problems))
    }
}

impl From<report::Error> for Refusal {
    fn from(error: report::Error) -> Refusal {
        Refusal::Failed(error.to_string())
    }
}

impl From<TraceError> for Refusal {
    fn from(error: TraceError) -> Refusal {
        Refusal::of_trace(&error)
    }
}

impl From<VolumeError> for Refusal {
    fn from(error: VolumeError) -> Refusal {
        match error {
            VolumeError::Trace(error) => error.into(),
            wrong => Refusal::Wrong(wrong.to_string()),
        }
    }
}

impl From<LoadError> for Refusal {
    fn from(error: LoadError) -> Refusal {
        match error {
            LoadError::Trace(error) => error.into(),
            wrong => Refusal::Wrong(wrong.to_string()),
        }
    }
}
