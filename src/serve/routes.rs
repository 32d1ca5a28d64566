//! Every address, and what answers it.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State as Shared};
use axum::http::{HeaderMap, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use crate::catalog::Catalog;
use crate::report::files::json;
use crate::report::presets::PresetsDocument;
use crate::report::prices::CatalogDocument;

use super::body::Asked;
use super::limits::Limits;
use super::refusal::Refusal;
use super::work::Asker;
use super::{State, answers, explore, files, guard, knobs};

/// The page that is asked for without a name.
const INDEX: &str = "index.html";

type Server = Shared<Arc<State>>;
type Answer = Result<Response, Refusal>;
/// The end of an address.
type Named = Result<Path<String>, PathRejection>;

pub(super) fn router(state: &Arc<State>) -> Router {
    Router::new()
        .route("/", get(async |headers: HeaderMap| files::page(INDEX, &headers)))
        .route("/page/{*file}", get(async |file: Named, headers: HeaderMap| files::page(&named(file)?, &headers)))
        .route("/api/openapi.json", get(async |headers: HeaderMap| files::openapi(&headers)))
        .route("/api/scenarios", get(scenarios))
        .route("/api/scenarios/{*name}", get(scenario))
        .route("/api/catalog", get(async || as_json(json(&CatalogDocument::new(Catalog::embedded(), |_| true))?)))
        .route("/api/presets", get(async || as_json(json(&PresetsDocument::new(Catalog::embedded(), |_| true))?)))
        .route("/api/check", post(async |state: Server, asked: Request| reads(state, asked, answers::check).await))
        .route("/api/knobs", post(async |state: Server, asked: Request| reads(state, asked, knobs::knobs).await))
        .route("/api/resolved", post(resolved))
        .route("/api/run", post(async |state: Server, asked: Request| simulates(state, asked, answers::run).await))
        .route("/api/curve", post(async |state: Server, asked: Request| simulates(state, asked, answers::curve).await))
        .route(
            "/api/matrix",
            post(async |state: Server, asked: Request| simulates(state, asked, answers::matrix).await),
        )
        .route(
            "/api/advise",
            post(async |state: Server, asked: Request| simulates(state, asked, answers::advise).await),
        )
        .route("/api/explore", post(explore::explore))
        .route("/api/report", post(async || Refusal::NotYet("this version has no HTML report").into_response()))
        .fallback(async || Refusal::NotFound("there is nothing at this address; see /api/openapi.json".to_owned()))
        .method_not_allowed_fallback(async || Refusal::Method)
        .layer(from_fn_with_state(Arc::clone(state), guard::guard))
        .with_state(Arc::clone(state))
}

/// An address that is no text names nothing.
fn named(name: Named) -> Result<String, Refusal> {
    name.map(|Path(name)| name).map_err(|_| Refusal::NotFound("there is nothing at this address".to_owned()))
}

fn as_json(text: String) -> Answer {
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

/// The scenarios that can be named.
async fn scenarios(Shared(state): Server) -> Answer {
    let here = Arc::clone(&state);
    as_json(state.work.read(move || Ok(json(&here.scenarios.list())?)).await?)
}

/// A scenario as it is written.
async fn scenario(Shared(state): Server, name: Named) -> Answer {
    let name = named(name)?;
    let file = state.scenarios.named(&name).ok_or_else(|| Refusal::NotFound(state.scenarios.unknown(&name)))?;
    Ok(([(header::CONTENT_TYPE, "application/toml")], file.text()).into_response())
}

/// The scenario that a request asks about.
pub(super) async fn asked(state: &State, request: Request) -> Result<Asked, Refusal> {
    Asked::read(request, state.limits.body, &state.scenarios).await
}

/// An answer that is worked out without a simulation.
async fn reads(
    Shared(state): Server,
    request: Request,
    answer: impl FnOnce(&Asked) -> Result<String, Refusal> + Send + 'static,
) -> Answer {
    let asked = asked(&state, request).await?;
    as_json(state.work.read(move || answer(&asked)).await?)
}

/// An answer that is simulated.
async fn simulates(
    Shared(state): Server,
    request: Request,
    answer: impl FnOnce(&Asked, Limits, &Asker) -> Result<String, Refusal> + Send + 'static,
) -> Answer {
    let (asked, limits) = (asked(&state, request).await?, state.limits);
    as_json(state.work.simulate(state.work.place()?, move |asker| answer(&asked, limits, asker)).await?)
}

/// The scenario with every default written out, as a file to keep.
async fn resolved(Shared(state): Server, request: Request) -> Answer {
    let asked = asked(&state, request).await?;
    let (text, name) = state.work.read(move || answers::resolved(&asked)).await?;
    let disposition = format!("attachment; filename=\"{name}.toml\"");
    let headers = [(header::CONTENT_TYPE, "application/toml".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, text).into_response())
}
