/**
 * What the card and the settings page both say, in English: the language whose keys all others must have. `{name}` is filled in;
 * plurals have a form per plural rule.
 */
export const commonEn = {
  'environment.sandbox': 'sandbox',
  'cancel': 'Cancel',
  'back': 'Back',
  'close': 'Close',
  'retry': 'Try again',
  'error.timeout': 'No answer came in time.',
  'error.network': 'The call did not get through.',
  'error.busy': 'Too many calls at once. Wait a moment and try again.',
  'error.refused': 'The request was refused.',
  'error.not_allowed': 'You may not do this. An administrator of Ledgercard decides who may.',
  'error.conflict': 'This was done in another way in the meantime. Load the page again to see how it is now.',
  'error.server': 'Ledgercard’s server failed. Trying again does no harm.',
  'error.unreadable': 'An answer came that cannot be understood.',
  'error.request': 'Request {id}',
} as const;
