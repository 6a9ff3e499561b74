//! The fields that an account's administrator added to customers and contacts (`custentity_…`).

/// A custom field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CustomField {
    /// Its id, which is its column and its name in the record service.
    pub name: &'static str,
    /// What people see.
    pub label: &'static str,
    /// What it holds.
    pub form: CustomForm,
    /// Whether contacts have it too.
    pub on_contacts: bool,
}

/// What a custom field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomForm {
    /// Free text.
    Text,
    /// One value of a custom list; the column holds the value's id.
    List {
        /// The list's table.
        table: &'static str,
        /// Ids and names.
        values: &'static [(u32, &'static str)],
    },
    /// A day.
    Date,
    /// A decimal number.
    Number,
    /// Ticked or not.
    Flag,
}

/// The custom fields of the demo's account.
pub const CUSTOM_FIELDS: [CustomField; 5] = [
    CustomField {
        name: "custentity_loyalty_tier",
        label: "Loyalty tier",
        form: CustomForm::List {
            table: "customlist_loyalty_tier",
            values: &[(1, "Bronze"), (2, "Silver"), (3, "Gold"), (4, "Platinum")],
        },
        on_contacts: false,
    },
    CustomField { name: "custentity_vat_id", label: "VAT id", form: CustomForm::Text, on_contacts: false },
    CustomField { name: "custentity_birthday", label: "Birthday", form: CustomForm::Date, on_contacts: true },
    CustomField { name: "custentity_score", label: "Score", form: CustomForm::Number, on_contacts: false },
    CustomField { name: "custentity_newsletter", label: "Newsletter", form: CustomForm::Flag, on_contacts: true },
];
