//! The connections: how many there may be, how long a request may take to arrive, and how they end.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore, watch};
use tokio::time::{sleep, timeout};

use super::State;

/// More wait at the port.
const MOST_CONNECTIONS: u32 = 256;
/// From the start of a connection, or the end of the answer before, to the end of a request's head.
const LONGEST_HEAD: Duration = Duration::from_secs(20);
/// Of a request's head.
const MOST_HEAD_BYTES: usize = 64 << 10;
/// How long answers that are under way may take once the server is to stop.
pub(super) const LONGEST_FAREWELL: Duration = Duration::from_secs(5);
/// When no connection can be taken, as where the system has no more files to give.
const PAUSE: Duration = Duration::from_millis(50);

/// Takes connections until it is to stop, then lets answers end that are under way.
pub(super) async fn serve(listener: TcpListener, router: Router, state: &Arc<State>, stop: &Notify) {
    let free = Arc::new(Semaphore::new(MOST_CONNECTIONS as usize));
    let (stopping, is_stopping) = watch::channel(false);
    let mut asked = pin!(stop.notified());
    loop {
        let accepted = first(asked.as_mut(), async {
            let place = Arc::clone(&free).acquire_owned().await;
            (place, listener.accept().await)
        });
        let (place, stream) = match accepted.await {
            First::One(()) => break,
            First::Other((Ok(place), Ok((stream, _)))) => (place, stream),
            First::Other(_) => {
                sleep(PAUSE).await;
                continue;
            }
        };
        let (router, is_stopping) = (router.clone(), is_stopping.clone());
        tokio::spawn(async move {
            connection(stream, router, is_stopping).await;
            drop(place);
        });
    }
    drop(listener);
    let _ = stopping.send(true);
    // Every place is free when every connection has ended.
    let _ = timeout(LONGEST_FAREWELL, free.acquire_many(MOST_CONNECTIONS)).await;
    state.work.give_up();
}

/// One connection, until either side ends it.
async fn connection(stream: TcpStream, router: Router, mut is_stopping: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(LONGEST_HEAD)
        .max_buf_size(MOST_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = pin!(connection);
    // An error here is a client that has gone or speaks something else: there is nobody to tell.
    if let First::One(_) = first(is_stopping.changed(), connection.as_mut()).await {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

/// What was done first.
enum First<A, B> {
    One(A),
    Other(B),
}

async fn first<A, B>(one: impl Future<Output = A>, other: impl Future<Output = B>) -> First<A, B> {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(|context| match one.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(First::One(done)),
        Poll::Pending => other.as_mut().poll(context).map(First::Other),
    })
    .await
}
