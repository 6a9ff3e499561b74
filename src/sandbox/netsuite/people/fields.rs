//! The fields that customers and contacts have in the record service, and the columns behind them.

use crate::sandbox::data::{
    books::EntityKind,
    custom::{CustomField, CustomForm},
};

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Text of so many characters at most.
    Text(usize),
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// True or false; the column holds `T` or `F`.
    Flag,
    /// The id of a record of this type.
    Reference(&'static str),
    /// A value of one of NetSuite's own lists.
    Choice,
    /// A value of a custom list: ids and names.
    List(&'static [(u32, &'static str)]),
    /// A day.
    Day,
    /// An instant.
    Instant,
    /// A number.
    Number,
}

/// One field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    /// Its name in the record service.
    pub name: &'static str,
    /// Its column.
    pub column: &'static str,
    /// What people see.
    pub title: &'static str,
    pub form: Form,
    /// Whether it can be written.
    pub writable: bool,
    /// Whether the account's administrator added it.
    pub custom: bool,
}

type Row = (&'static str, &'static str, &'static str, Form);

/// What both have.
const BOTH: &[Row] = &[
    ("salutation", "salutation", "Mr./Ms...", Form::Text(30)),
    ("firstName", "firstname", "First Name", Form::Text(32)),
    ("middleName", "middlename", "Middle Name", Form::Text(32)),
    ("lastName", "lastname", "Last Name", Form::Text(32)),
    ("title", "title", "Job Title", Form::Text(99)),
    ("email", "email", "Email", Form::Email),
    ("altEmail", "altemail", "Alt. Email", Form::Email),
    ("phone", "phone", "Phone", Form::Phone),
    ("mobilePhone", "mobilephone", "Mobile Phone", Form::Phone),
    ("homePhone", "homephone", "Home Phone", Form::Phone),
    ("fax", "fax", "Fax", Form::Phone),
    ("comments", "comments", "Comments", Form::Text(4_000)),
    ("isInactive", "isinactive", "Inactive", Form::Flag),
    ("externalId", "externalid", "External ID", Form::Text(255)),
    ("category", "category", "Category", Form::Choice),
    ("subsidiary", "subsidiary", "Primary Subsidiary", Form::Reference("subsidiary")),
    ("entityId", "entityid", "ID", Form::Text(83)),
];

/// What customers have besides.
const CUSTOMER: &[Row] = &[
    ("companyName", "companyname", "Company Name", Form::Text(83)),
    ("isPerson", "isperson", "Individual", Form::Flag),
    ("altPhone", "altphone", "Alt. Phone", Form::Phone),
    ("url", "url", "Web Address", Form::Text(100)),
    ("parent", "parent", "Parent Company", Form::Reference("customer")),
    ("currency", "currency", "Primary Currency", Form::Reference("currency")),
    ("terms", "terms", "Terms", Form::Reference("term")),
    ("salesRep", "salesrep", "Sales Rep", Form::Reference("employee")),
    ("language", "language", "Language", Form::Choice),
    ("entityStatus", "entitystatus", "Status", Form::Choice),
    ("creditLimit", "creditlimit", "Credit Limit", Form::Number),
];

/// What contacts have besides.
const CONTACT: &[Row] = &[
    ("company", "company", "Company", Form::Reference("customer")),
    ("officePhone", "officephone", "Office Phone", Form::Phone),
    ("isPrivate", "isprivate", "Private", Form::Flag),
];

/// What both show and nobody writes.
const STAMPS: &[Row] = &[
    ("dateCreated", "datecreated", "Date Created", Form::Instant),
    ("lastModifiedDate", "lastmodifieddate", "Last Modified", Form::Instant),
];

/// What customers show and nobody writes.
const CUSTOMER_SHOWN: &[Row] =
    &[("altName", "altname", "Name", Form::Text(200)), ("searchStage", "searchstage", "Stage", Form::Choice)];

/// The fields of a kind, with the account's custom ones.
pub(super) fn fields(kind: EntityKind, custom: &[CustomField]) -> Vec<Field> {
    let (own, shown) = match kind {
        EntityKind::Customer => (CUSTOMER, CUSTOMER_SHOWN),
        EntityKind::Contact => (CONTACT, &[] as &[Row]),
    };
    let one = |writable: bool| {
        move |(name, column, title, form): &Row| Field { name, column, title, form: *form, writable, custom: false }
    };
    let mut all: Vec<_> = BOTH.iter().chain(own).map(one(true)).collect();
    all.extend(STAMPS.iter().chain(shown).map(one(false)));
    all.extend(custom.iter().filter(|f| kind == EntityKind::Customer || f.on_contacts).map(|field| Field {
        name: field.name,
        column: field.name,
        title: field.label,
        form: form_of(field.form),
        writable: true,
        custom: true,
    }));
    all
}

const fn form_of(form: CustomForm) -> Form {
    match form {
        CustomForm::Text => Form::Text(4_000),
        CustomForm::List { values, .. } => Form::List(values),
        CustomForm::Date => Form::Day,
        CustomForm::Number => Form::Number,
        CustomForm::Flag => Form::Flag,
    }
}

/// The fields of an address: name in the record service, column, longest text.
pub(super) const ADDRESS: &[(&str, &str, usize)] = &[
    ("addressee", "addressee", 83),
    ("attention", "attention", 83),
    ("addr1", "addr1", 150),
    ("addr2", "addr2", 150),
    ("addr3", "addr3", 150),
    ("city", "city", 50),
    ("state", "state", 30),
    ("zip", "zip", 36),
    ("addrPhone", "addrphone", 36),
];
