//! A right to call that may end while calls wait for their turn.
//!
//! Promise: what runs under a guard sends no call once the guard says no, however long the call waited for a permit or between
//! two tries. Never: holds for a task that was spawned from under it.

use std::sync::Arc;

/// Says whether a call may leave now.
pub type Guard = Arc<dyn Fn() -> bool + Send + Sync>;

tokio::task_local! {
    static GUARD: Guard;
}

/// Runs `work` under `guard`.
pub async fn under<T>(guard: Guard, work: impl Future<Output = T>) -> T {
    GUARD.scope(guard, work).await
}

/// Whether a call may leave now; always, where there is no guard.
pub(super) fn may_send() -> bool {
    GUARD.try_with(|guard| guard()).unwrap_or(true)
}
