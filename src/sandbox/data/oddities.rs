//! Customers and contacts as real accounts have them and no form would let them in today: without an address, with several,
//! with one that is none, sharing one, in odd letters, too long, inactive, of several companies, of a company that is not
//! there yet. They have custom fields too. The shop's own rows and the extras stay as they are.

use jiff::{ToSpan as _, civil::Date};
use serde_json::{Map, Value as Json, json};

use super::{
    books::{Books, EntityKind, Planted},
    custom::CUSTOM_FIELDS,
    extras::MARK,
};

/// A person with everything, custom fields too.
pub const PERSON: u32 = 2_001;
/// A person without an e-mail address.
pub const WITHOUT_EMAIL: u32 = 2_002;
/// A company with two e-mail addresses.
pub const TWO_EMAILS: u32 = 2_003;
/// A company without an e-mail address whose contacts have some.
pub const ONLY_CONTACTS: u32 = 2_004;
/// Two persons who share one mailbox.
pub const FAMILY: [u32; 2] = [2_005, 2_006];
/// A person who is inactive.
pub const INACTIVE_PERSON: u32 = 2_007;
/// A company in odd letters.
pub const ODD_LETTERS: u32 = 2_008;
/// A company with a name of 300 characters.
pub const LONG_NAME: u32 = 2_009;
/// A person whose e-mail address is none.
pub const NO_ADDRESS: u32 = 2_010;
/// A company whose address is written in capitals.
pub const CAPITALS: u32 = 2_011;
/// A company with a parent.
pub const CHILD: u32 = 2_012;
/// A company whose address is its contact's.
pub const SAME_AS_CONTACT: u32 = 2_013;
/// The contact of several companies.
pub const SEVERAL_COMPANIES: u32 = 3_102;
/// The contact of a company that is not there yet.
pub const AHEAD_OF_COMPANY: u32 = 3_106;
/// That company, once it is there.
pub const LATER_COMPANY: u32 = 2_090;

/// Plants them, and gives the account its custom fields.
pub fn plant(books: &mut Books, today: Date) {
    books.custom_fields = CUSTOM_FIELDS.to_vec();
    let stamp =
        |days: i64| today.saturating_sub(days.days()).at(10, 15, 0, 0).strftime("%Y-%m-%d %H:%M:%S").to_string();
    let row = |kind, id, companies: &[u32], fields: Json| {
        let mut fields = if let Json::Object(fields) = fields { fields } else { Map::new() };
        fields.insert("comments".to_owned(), json!(format!("{MARK} odd on purpose")));
        fields.insert("datecreated".to_owned(), json!(stamp(400)));
        fields.insert("lastmodifieddate".to_owned(), json!(stamp(i64::from(id % 30) + 2)));
        Planted { kind, id, fields, companies: companies.to_vec() }
    };
    books.planted = customers().into_iter().map(|(id, fields)| row(EntityKind::Customer, id, &[], fields)).collect();
    let people = contacts().into_iter().map(|(id, companies, fields)| row(EntityKind::Contact, id, companies, fields));
    books.planted.extend(people);
}

fn customers() -> Vec<(u32, Json)> {
    let mut all = persons();
    all.extend(companies());
    for (_, fields) in &mut all {
        if let Json::Object(fields) = fields {
            fields.entry("subsidiary").or_insert(json!(2));
            fields.entry("currency").or_insert(json!(4));
        }
    }
    all
}

fn persons() -> Vec<(u32, Json)> {
    vec![
        (
            PERSON,
            json!({
                "isperson": "T", "salutation": "Ms.", "firstname": "Léa", "middlename": "M.", "lastname": "Ångström-Ñandú",
                "title": "Head of Purchasing", "email": "lea.angstrom@loyal.example", "phone": "+46 8 555 010 01",
                "mobilephone": "+46 70 555 01 01", "fax": "+46 8 555 010 99", "language": "fr_FR", "salesrep": 13,
                "custentity_loyalty_tier": 3, "custentity_vat_id": "SE556677889901", "custentity_birthday": "1984-02-29",
                "custentity_score": 87.5, "custentity_newsletter": "T",
                "address": {"addr1": "Storgatan 1", "addr2": "2 tr", "city": "Göteborg", "zip": "411 24", "country": "SE"},
            }),
        ),
        (
            WITHOUT_EMAIL,
            json!({"isperson": "T", "firstname": "Otto", "lastname": "Ohnemail", "phone": "+49 40 555 0102",
                "address": {"addr1": "Elbchaussee 7", "city": "Hamburg", "zip": "22765", "country": "DE"}}),
        ),
        (
            FAMILY[0],
            json!({"isperson": "T", "firstname": "Maria", "lastname": "Silva", "email": "familia.silva@mail.example"}),
        ),
        (
            FAMILY[1],
            json!({"isperson": "T", "firstname": "João", "lastname": "Silva", "email": "Familia.Silva@mail.example"}),
        ),
        (
            INACTIVE_PERSON,
            json!({"isperson": "T", "firstname": "Ida", "lastname": "Idle", "email": "ida@idle.example",
                "isinactive": "T", "custentity_newsletter": "F"}),
        ),
        (
            NO_ADDRESS,
            json!({"isperson": "T", "firstname": "Konrad", "lastname": "Keinat", "email": "konrad(at)keinat.example"}),
        ),
    ]
}

fn companies() -> Vec<(u32, Json)> {
    vec![
        (
            TWO_EMAILS,
            json!({"companyname": "Zweipost GmbH", "email": "office@zweipost.example", "altemail": "billing@zweipost.example",
                "url": "https://zweipost.example", "custentity_loyalty_tier": 4, "custentity_vat_id": "DE123456789",
                "address": {"addr1": "Am Markt 2", "city": "Lübeck", "zip": "23552", "country": "DE"}}),
        ),
        (ONLY_CONTACTS, json!({"companyname": "Stille Post AG", "phone": "+41 44 555 01 04"})),
        (
            ODD_LETTERS,
            json!({"companyname": "Ǆ\u{202e}ẅëïrd\u{202c} 🎷\u{200d}🎺 株式会社 مرحبا e\u{301}\u{200b} <b>&amp;</b> \"O'Brien\"",
                "email": "odd@letters.example"}),
        ),
        (LONG_NAME, json!({"companyname": "Langname ".repeat(34).get(..300), "email": "long@langname.example"})),
        (CAPITALS, json!({"companyname": "Capital Letters Ltd", "email": "Head.Office@CAPITALS.Example"})),
        (CHILD, json!({"companyname": "Zweipost Nord GmbH", "parent": TWO_EMAILS, "email": "nord@zweipost.example"})),
        (SAME_AS_CONTACT, json!({"companyname": "Einmann e.K.", "email": "eva@einmann.example"})),
    ]
}

fn contacts() -> Vec<(u32, &'static [u32], Json)> {
    vec![
        (
            3_101,
            &[],
            json!({"firstname": "Paula", "lastname": "Post", "company": ONLY_CONTACTS, "title": "CFO",
                "email": "paula@stillepost.example", "officephone": "+41 44 555 01 11"}),
        ),
        (
            SEVERAL_COMPANIES,
            &[TWO_EMAILS, CHILD],
            json!({"firstname": "Viktor", "lastname": "Vielfach", "company": ONLY_CONTACTS,
                "email": "viktor@vielfach.example", "custentity_birthday": "1970-12-31"}),
        ),
        (
            3_103,
            &[],
            json!({"firstname": "Eva", "lastname": "Einmann", "company": SAME_AS_CONTACT, "email": "eva@einmann.example"}),
        ),
        (3_104, &[], json!({"firstname": "Nora", "lastname": "Namenlos", "company": TWO_EMAILS})),
        (3_105, &[], json!({"firstname": "Hanna", "lastname": "Heimatlos", "email": "hanna@heimatlos.example"})),
        (
            AHEAD_OF_COMPANY,
            &[],
            json!({"firstname": "Frida", "lastname": "Früh", "company": LATER_COMPANY, "email": "frida@spaeter.example"}),
        ),
        (
            3_107,
            &[],
            json!({"firstname": "Rolf", "lastname": "Ruhestand", "company": TWO_EMAILS, "email": "rolf@zweipost.example",
                "isinactive": "T"}),
        ),
        (
            3_108,
            &[],
            json!({"firstname": "Dora", "lastname": "Doppelt", "company": CAPITALS,
                "email": "dora@capitals.example; sales@capitals.example"}),
        ),
    ]
}
