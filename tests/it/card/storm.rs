//! Many readers at once.

use serde_json::{Value, json};

use crate::world::walk;

/// How often a sandbox NetSuite was asked, by operation.
fn asked(stats: &Value, operation: &str) -> u64 {
    stats["calls"][operation].as_u64().unwrap_or_else(|| panic!("no count of {operation} in {stats}"))
}

walk!(
    /// A thousand cold readers of one record cost the ERP what one costs.
    a_thousand_cold_readers_cost_one_read,
    |world| {
        let (one, many) = (world.record("linked").await, world.record("page2").await);
        let before = world.control(&world.netsuite, "/_sandbox/stats").await;
        world.list(&one, "").await;
        let between = world.control(&world.netsuite, "/_sandbox/stats").await;
        let cost = asked(&between, "suiteql") - before["calls"]["suiteql"].as_u64().unwrap_or(0);
        world.faults(&world.netsuite, json!([{ "operation": "suiteql", "action": { "kind": "delay", "ms": 300 } }])).await;
        let path = format!("/api/card/invoices?{}", many.query());
        let answers = futures_util::future::join_all((0..1000).map(|_| world.get(&path))).await;
        assert!(answers.iter().all(|answer| answer.status == 200));
        let after = world.control(&world.netsuite, "/_sandbox/stats").await;
        assert!(asked(&after, "suiteql") - asked(&between, "suiteql") <= cost, "{after}");
    }
);
