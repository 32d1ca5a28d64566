//! Who may ask: a page of another site, and a name that was made to lead here, may not.
//!
//! A browser sends the Host that the user's page was loaded from: a name of another site that resolves to this machine (DNS
//! rebinding) is told by it. A form of another site cannot post JSON, and a script of another site is told by its Origin.

use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use std::sync::Arc;

use super::State;
use super::refusal::Refusal;

const THIS_MACHINE: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Scripts, styles and pictures come from here alone.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; \
     object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The names that the server may be asked by.
#[derive(Debug)]
pub(super) struct Hosts(Vec<String>);

impl Hosts {
    /// Those of this machine, the one that is listened on, and others.
    pub fn new(bound: &str, allowed: &[String]) -> Hosts {
        let bracketed = |host: &str| match host.contains(':') && !host.starts_with('[') {
            true => format!("[{host}]"),
            false => host.to_ascii_lowercase(),
        };
        let names = THIS_MACHINE.into_iter().chain([bound]).chain(allowed.iter().map(String::as_str));
        Hosts(names.map(bracketed).collect())
    }

    /// Whether a Host, with any port, is one of them.
    fn has(&self, authority: &str) -> bool {
        let host = without_port(authority).to_ascii_lowercase();
        self.0.contains(&host)
    }

    fn check(&self, request: &Request) -> Result<(), Refusal> {
        let host = host(request).ok_or_else(|| Refusal::Forbidden("the request names no Host".to_owned()))?;
        if !self.has(host) {
            let text =
                format!("this server is not asked by the name `{host}`; start it with --allow-host NAME to allow one");
            return Err(Refusal::Forbidden(text));
        }
        if request.method() != Method::GET && request.method() != Method::HEAD {
            check_origin(request.headers(), host)?;
            check_media_type(request)?;
        }
        Ok(())
    }
}

/// Whom the request is for: one Host, the same as in its address where that names one.
fn host(request: &Request) -> Option<&str> {
    let mut written = request.headers().get_all(header::HOST).iter();
    let (first, second) = (written.next(), written.next());
    let host = first.filter(|_| second.is_none())?.to_str().ok()?;
    let differs = request.uri().authority().is_some_and(|authority| authority.as_str() != host);
    (!differs).then_some(host)
}

/// A request that names where its page is from must come from a page of this server.
fn check_origin(headers: &HeaderMap, host: &str) -> Result<(), Refusal> {
    let foreign = |origin: &HeaderValue| {
        let origin = origin.to_str().unwrap_or_default();
        let own = origin.split_once("://").is_some_and(|(scheme, authority)| {
            ["http", "https"].contains(&scheme) && authority.eq_ignore_ascii_case(host)
        });
        !own
    };
    match headers.get_all(header::ORIGIN).iter().find(|origin| foreign(origin)) {
        Some(origin) => {
            let origin = origin.to_str().unwrap_or_default();
            Err(Refusal::Forbidden(format!("a page of `{origin}` may not ask this server")))
        }
        None => Ok(()),
    }
}

fn check_media_type(request: &Request) -> Result<(), Refusal> {
    if request.method() == Method::POST && media_type(request.headers()).is_none() {
        return Err(Refusal::MediaType);
    }
    Ok(())
}

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MediaType {
    Json,
    Toml,
}

pub(super) fn media_type(headers: &HeaderMap) -> Option<MediaType> {
    let written = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    match written.split(';').next()?.trim().to_ascii_lowercase().as_str() {
        "application/json" => Some(MediaType::Json),
        "application/toml" => Some(MediaType::Toml),
        _ => None,
    }
}

fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.chars().all(|digit| digit.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// Refuses who may not ask, and tells a browser what the answer may do.
pub(super) async fn guard(Shared(state): Shared<Arc<State>>, request: Request, next: Next) -> Response {
    let mut response = match state.hosts.check(&request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    let headers = response.headers_mut();
    let said = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in said {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn checked(headers: &[(&str, &str)]) -> Result<(), u16> {
        let mut request = Request::builder().method(Method::POST).uri("/api/run");
        for &(name, value) in headers {
            request = request.header(name, value);
        }
        let hosts = Hosts::new("10.0.0.7", &["models.example".to_owned(), "fd00::7".to_owned()]);
        let request = request.body(Body::empty()).expect("a request");
        hosts.check(&request).map_err(|refusal| refusal.into_response().status().as_u16())
    }

    fn of_host(host: &str) -> Result<(), u16> {
        checked(&[("host", host), ("content-type", "application/json")])
    }

    #[test]
    fn names_of_this_machine_and_those_that_are_allowed_may_be_asked_at_any_port() {
        let names =
            ["localhost", "LOCALHOST:1", "127.0.0.1:8420", "[::1]", "[::1]:8420", "10.0.0.7:80", "models.example"];
        for host in names.into_iter().chain(["Models.Example:8420", "[fd00::7]:1"]) {
            assert_eq!(of_host(host), Ok(()), "{host}");
        }
    }

    #[test]
    fn other_names_two_names_and_none_are_refused() {
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example:8420",
            "localhost:x",
            "::1",
            "10.0.0.8",
        ] {
            assert_eq!(of_host(host), Err(403), "{host}");
        }
        assert_eq!(checked(&[("content-type", "application/json")]), Err(403));
        let twice = [("host", "localhost"), ("host", "evil.example"), ("content-type", "application/json")];
        assert_eq!(checked(&twice), Err(403));
    }

    #[test]
    fn a_page_of_another_origin_is_refused() {
        let from =
            |origin| checked(&[("host", "localhost:8420"), ("origin", origin), ("content-type", "application/json")]);
        assert_eq!(from("http://localhost:8420"), Ok(()));
        for origin in
            ["null", "", "http://localhost:1", "http://localhost", "http://evil.example", "file://localhost:8420"]
        {
            assert_eq!(from(origin), Err(403), "{origin}");
        }
    }

    #[test]
    fn what_a_form_can_post_is_refused() {
        let of = |kind| checked(&[("host", "localhost"), ("content-type", kind)]);
        assert_eq!(of("application/json; charset=utf-8"), Ok(()));
        assert_eq!(of("application/toml"), Ok(()));
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""] {
            assert_eq!(of(kind), Err(415), "{kind}");
        }
        assert_eq!(checked(&[("host", "localhost")]), Err(415));
    }
}
