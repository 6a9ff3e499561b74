//! The properties that every portal has, and the ones that the demo's portals made for themselves.

use super::schema::{Choice, Property};
use crate::{
    clock::Millis,
    sandbox::data::crm::{COMPANY, CONTACT, DEAL},
};

/// `name|label|type|fieldType|options` a line; `!` before a name: its values cannot be written, `=`: HubSpot calculates
/// them. Options are `value:label`, with commas between them.
const CONTACTS: &str = "email|Email|string|text
firstname|First name|string|text
lastname|Last name|string|text
salutation|Salutation|string|text
jobtitle|Job title|string|text
phone|Phone number|string|phonenumber
mobilephone|Mobile phone number|string|phonenumber
fax|Fax number|string|phonenumber
company|Company name|string|text
website|Website URL|string|text
address|Street address|string|text
city|City|string|text
state|State/Region|string|text
zip|Postal code|string|text
country|Country/Region|string|text
industry|Industry|string|text
annualrevenue|Annual revenue|string|text
hs_language|Preferred language|enumeration|select|en:English,fr:French,de:German,es:Spanish,ja:Japanese,sv:Swedish
hs_lead_status|Lead status|enumeration|radio|NEW:New,OPEN:Open,IN_PROGRESS:In progress,UNQUALIFIED:Unqualified
hs_email_optout|Unsubscribed from all email|bool|booleancheckbox|true:Yes,false:No
!hs_marketable_status|Marketing contact status|enumeration|booleancheckbox|true:Marketing contact,false:Non-marketing contact
hs_additional_emails|Additional email addresses|enumeration|checkbox
=hs_email_domain|Email domain|string|text
=hs_searchable_calculated_phone_number|Calculated phone number|string|text
=num_associated_deals|Number of associated deals|number|number
!hs_merged_object_ids|Merged record ids|enumeration|checkbox
!hs_object_id|Record ID|number|number
!createdate|Create date|datetime|date
!lastmodifieddate|Last modified date|datetime|date";
const COMPANIES: &str = "name|Company name|string|text
domain|Company domain name|string|text
website|Website URL|string|text
phone|Phone number|string|phonenumber
address|Street address|string|text
address2|Street address 2|string|text
city|City|string|text
state|State/Region|string|text
zip|Postal code|string|text
country|Country/Region|string|text
description|Description|string|textarea
industry|Industry|enumeration|select|ACCOUNTING:Accounting,ENTERTAINMENT:Entertainment,MUSIC:Music,RETAIL:Retail
type|Type|enumeration|select|PROSPECT:Prospect,PARTNER:Partner,RESELLER:Reseller,VENDOR:Vendor,OTHER:Other
numberofemployees|Number of employees|number|number
annualrevenue|Annual revenue|number|number
=hs_searchable_calculated_phone_number|Calculated phone number|string|text
=num_associated_contacts|Number of associated contacts|number|number
=num_associated_deals|Number of associated deals|number|number
!hs_merged_object_ids|Merged record ids|enumeration|checkbox
!hs_object_id|Record ID|number|number
!createdate|Create date|datetime|date
!hs_lastmodifieddate|Last modified date|datetime|date";
const DEALS: &str = "dealname|Deal name|string|text
amount|Amount|number|number
closedate|Close date|datetime|date
dealtype|Deal type|enumeration|radio
description|Deal description|string|textarea
deal_currency_code|Currency|enumeration|select
pipeline|Pipeline|enumeration|select
dealstage|Deal stage|enumeration|radio
!hs_merged_object_ids|Merged record ids|enumeration|checkbox
!hs_object_id|Record ID|number|number
!createdate|Create date|datetime|date
!hs_lastmodifieddate|Last modified date|datetime|date";
const STAGES: &str = "subscriber:Subscriber,lead:Lead,marketingqualifiedlead:Marketing qualified lead,\
salesqualifiedlead:Sales qualified lead,opportunity:Opportunity,customer:Customer,evangelist:Evangelist,other:Other";

/// What the portals' admins made for contacts and companies: one of each kind of value.
const OWN: &str = "vat_id|VAT id|string|text
score|Score|number|number
member_since|Member since|date|date
last_audit|Last audit|datetime|date
newsletter|Newsletter|bool|booleancheckbox|true:Yes,false:No
loyalty_tier|Loyalty tier|enumeration|select|bronze:Bronze,silver:Silver,gold:Gold
interests|Interests|enumeration|checkbox|vinyl:Vinyl,tapes:Tapes,radio:Radio,live:Live music";

/// The groups of the three types, by name and label.
pub(super) const GROUPS: [(&str, &str, &str); 3] = [
    (CONTACT, "contactinformation", "Contact information"),
    (COMPANY, "companyinformation", "Company information"),
    (DEAL, "dealinformation", "Deal information"),
];

/// The properties of a type.
pub(super) fn properties(kind: &str, group: &str, at: Millis) -> Vec<Property> {
    let list = match kind {
        CONTACT => CONTACTS,
        COMPANY => COMPANIES,
        _ => DEALS,
    };
    let line = |line: &str| property(line, group, at);
    let mut all: Vec<Property> = list.lines().filter_map(line).collect();
    all.extend(line("hubspot_owner_id|Owner|enumeration|select"));
    if kind != DEAL {
        all.extend(line(&format!("lifecyclestage|Lifecycle stage|enumeration|radio|{STAGES}")));
        all.extend(OWN.lines().filter_map(line).map(|p| Property { usual: false, ..p }));
    }
    all
}

/// A property of a line.
fn property(line: &str, group: &str, at: Millis) -> Option<Property> {
    let parts: Vec<&str> = line.split('|').collect();
    let [name, label, kind, field, options @ ..] = parts.as_slice() else { return None };
    let plain = name.trim_start_matches(['!', '=']);
    let given = options.iter().flat_map(|list| list.split(',')).filter_map(|one| one.split_once(':'));
    let options = given.zip(0_i64..).map(|((value, label), display_order)| Choice {
        label: label.to_owned(),
        value: value.to_owned(),
        display_order,
        hidden: false,
        description: None,
    });
    Some(Property {
        name: plain.to_owned(),
        label: (*label).to_owned(),
        kind: (*kind).to_owned(),
        field: (*field).to_owned(),
        group: group.to_owned(),
        description: String::new(),
        options: options.collect(),
        unique: plain == "email",
        hidden: false,
        form_field: false,
        display_order: -1,
        usual: true,
        calculated: name.starts_with('='),
        read_only: plain != *name,
        created: at,
        updated: at,
        archived: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_property() {
        for (kind, group, _) in GROUPS {
            let all = properties(kind, group, Millis(0));
            assert!(all.iter().all(|p| !p.name.is_empty() && !p.label.is_empty()));
            let lines = [CONTACTS, COMPANIES, DEALS, OWN].iter().map(|l| l.lines().count()).max();
            assert!(all.len() > lines.unwrap_or(0) / 3);
        }
        let contacts = properties(CONTACT, "g", Millis(0));
        let named = |name: &str| contacts.iter().find(|p| p.name == name).expect("a property");
        assert_eq!((named("hs_email_domain").calculated, named("hs_email_domain").read_only), (true, true));
        assert_eq!((named("vat_id").usual, named("interests").options.len()), (false, 4));
    }
}
