import type { HealthWhy, SettingsTranslate } from '@ledgercard/shared';

/** Why an ERP does not answer as it should, in a sentence that says what to do. */
export function whyText(why: HealthWhy, permission: string | null, system: string, t: SettingsTranslate): string {
  switch (why) {
    case 'no_permission':
      return permission === null ? t('why.no_permission') : t('why.no_permission.named', { permission });
    case 'broken':
      return t('why.broken', { system });
    default:
      return t(`why.${why}`, { system });
  }
}
