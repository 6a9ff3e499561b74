import type { PeopleAnswer, SettingsTranslate } from '@ledgercard/shared';

export interface Option {
  label: string;
  value: string;
}

/** Everybody in the portal, and whoever was chosen before and is not listed: nobody drops out of a choice in silence. */
export function userOptions(people: PeopleAnswer, chosen: string[], t: SettingsTranslate): Option[] {
  const listed = people.users.map(({ userId, name, email }) => ({
    value: userId,
    label: name === '' ? email : `${name} (${email})`,
  }));
  return [...listed, ...unlisted(listed, chosen, (id) => t('user', { id }))];
}

export function teamOptions(people: PeopleAnswer, chosen: string[], t: SettingsTranslate): Option[] {
  const listed = people.teams.map(({ teamId, name }) => ({ value: teamId, label: name }));
  return [...listed, ...unlisted(listed, chosen, (id) => t('team', { id }))];
}

function unlisted(listed: Option[], chosen: string[], label: (id: string) => string): Option[] {
  const known = new Set(listed.map((option) => option.value));
  return chosen.filter((id) => !known.has(id)).map((id) => ({ value: id, label: label(id) }));
}
