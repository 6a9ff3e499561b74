/**
 * The words of the contact sync that the page has texts for. A newer backend may say more: `known` takes what it does not know
 * for the last word of the list, so that nobody sees a bare code without an explanation.
 */

/** Why a row could not be written. */
export const CAUSES = [
  'invalid_email',
  'invalid_option',
  'invalid_number',
  'invalid_date',
  'too_long',
  'read_only',
  'unknown_property',
  'required_missing',
  'conditional_required',
  'conflict',
  'blocked',
  'missing',
  'forbidden',
  'lifecycle_backwards',
  'erp_rejected',
  'erp_permission',
  'erp_locked',
  'broken_row',
  'mapping_failed',
  'loop',
  'locked',
  'erp_changed',
  'other',
] as const;

/** Why a flow or a run does not get on. */
export const TROUBLES = [
  'erp_reconnect',
  'erp_permission',
  'erp_throttled',
  'erp_unavailable',
  'erp_broken',
  'hubspot_reinstall',
  'hubspot_consent',
  'hubspot_throttled',
  'hubspot_unavailable',
  'hubspot_broken',
  'database',
  'rules',
  'connection',
  'braked',
  'stopped',
  'lease_lost',
  'other',
] as const;

/** Why a row of the ERP is left alone. */
export const SKIPS = [
  'inactive',
  'not_created',
  'not_updated',
  'nothing_to_link',
  'not_wanted',
  'person_has_it',
  'buried',
  'read_only',
  'absent',
  'refused',
  'other',
] as const;

/** Why a person has to decide about a pair. */
export const REVIEW_REASONS = ['several', 'taken', 'contradicted', 'fuzzy', 'conflict', 'other'] as const;

/** What speaks for a candidate. */
export const AGREEMENTS = [
  'number',
  'email',
  'name',
  'name_alike',
  'phone',
  'nearly_equal',
  'domain',
  'company',
  'birth_date',
  'street',
  'postcode',
  'city',
  'whole',
] as const;

/** What speaks against it. */
export const CONTRADICTIONS = [
  'name_differs',
  'generation_differs',
  'birth_date_differs',
  'legal_form_differs',
  'country_differs',
] as const;

/** What was done, in the log. */
export const DEEDS = [
  'created',
  'linked',
  'updated',
  'erp_created',
  'erp_updated',
  'archived',
  'marked',
  'unlinked',
  'associated',
  'dissociated',
  'parked',
  'mended',
  'review',
  'reviewed',
  'skipped_loop',
  'missed',
  'gone',
  'undone',
  'not_undone',
  'other',
] as const;

/** What a run is doing just now. */
export const PHASES = [
  'begins',
  'records',
  'first_sync',
  'changes',
  'deletions',
  'hubspot_changes',
  'retry',
  'census',
  'preview',
  'undo',
  'other',
] as const;

/** What a row of a mapping loses, or why it cannot be. */
export const FITS = [
  'read_only',
  'kinds',
  'no_option',
  'some_options',
  'may_not_fit',
  'currency_lost',
  'currency_unknown',
  'time_lost',
  'list_as_text',
  'one_of_several',
  'may_be_too_long',
  'other_record',
  'other',
] as const;

/** What kind of record of the ERP is not made again. */
export const STONE_KINDS = ['customer', 'contact', 'record'] as const;

/** Why it is not; the graver comes last, for which an unknown word is taken. */
export const STONE_REASONS = ['deletion', 'erasure'] as const;

/** What raises an alert. */
export const ALERT_CAUSES = ['failing', 'stalled', 'brake', 'review', 'parked', 'reconnect', 'test', 'other'] as const;

/** `word` if it is one of `words`, else the last of them. */
export function known<const W extends readonly [...string[], string]>(words: W, word: string | null | undefined): W[number] {
  const found: W[number] | undefined = words.find((one) => one === word);
  return found ?? (words.at(-1) as W[number]);
}
