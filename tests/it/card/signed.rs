//! Only HubSpot gets in.

use crate::world::{PORTAL, World, signature, walk, with_identity};

fn path() -> String {
    with_identity("/api/card/invoices?objectTypeId=0-1&objectId=501", PORTAL)
}

async fn refused(world: &World, headers: &[(&str, &str)]) {
    let answer = world.send_with("GET", &path(), "", headers).await;
    assert_eq!(answer.problem(), (401, "unsigned".to_owned()), "{headers:?}");
}

walk!(
    /// Missing, doubled, old, future, misspelt and wrong: each a 401 that says why.
    what_is_not_signed_is_refused,
    |world| {
        let stamp = world.stamp();
        let good = signature("GET", &path(), "", &stamp);
        let (sign, time) = ("x-hubspot-signature-v3", "x-hubspot-request-timestamp");
        assert_eq!(world.send_with("GET", &path(), "", &[(sign, &good), (time, &stamp)]).await.status, 200);
        refused(world, &[]).await;
        refused(world, &[(sign, &good)]).await;
        refused(world, &[(time, &stamp)]).await;
        refused(world, &[(sign, &good), (sign, &good), (time, &stamp)]).await;
        refused(world, &[(sign, &good), (time, &stamp), (time, &stamp)]).await;
        refused(world, &[("x-hubspot-signature", &good), (time, &stamp)]).await;
        refused(world, &[(sign, "not base64 at all"), (time, &stamp)]).await;
        for skew in [-300_001, 300_001, -3_600_000] {
            let other = (world.clock.now().0 + skew).to_string();
            refused(world, &[(sign, &signature("GET", &path(), "", &other)), (time, &other)]).await;
        }
        for odd in ["", "abc", "1795262400", "1795262400000.0"] {
            refused(world, &[(sign, &signature("GET", &path(), "", odd)), (time, odd)]).await;
        }
        refused(world, &[(sign, &signature("POST", &path(), "", &stamp)), (time, &stamp)]).await;
        refused(world, &[(sign, &signature("GET", &path(), "{}", &stamp)), (time, &stamp)]).await;
    }
);

walk!(
    /// A request for another app, or with an identity that is not clear, is refused even when it is signed.
    an_identity_that_is_not_clear_is_refused,
    |world| {
        let stamp = world.stamp();
        for uri in [
            format!("{}&portalId=1", path()),
            format!("{}&portal%49d=1", path()),
            path().replace("portalId=4711001", "portalId=47x"),
            path().replace("appId=77", "appId=78"),
            path().replace("&userEmail=ann%40example.com", ""),
        ] {
            let answer = world.send("GET", &uri, "", &signature("GET", &uri, "", &stamp), &stamp).await;
            assert_eq!(answer.problem(), (400, "identity".to_owned()), "{uri}");
        }
    }
);
