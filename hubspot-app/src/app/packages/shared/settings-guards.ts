import { hasArrays, hasState, isObject } from './guards.ts';
import type { Fields } from './guards.ts';
import type {
  ChangeAnswer,
  ChecklistAnswer,
  ConnectAnswer,
  NewDraftAnswer,
  DraftRemovedAnswer,
  LeaveAnswer,
  LeavingAnswer,
  PeopleAnswer,
  PermissionsAnswer,
  SettingsAnswer,
  WindowAnswer,
} from './settings-types.ts';

/** Whether a body has the shape that a settings endpoint promises; see guards.ts for why that is asked. */

function hasTexts(value: Fields, ...names: string[]): boolean {
  return names.every((name) => typeof value[name] === 'string');
}

function isVersions(value: unknown): boolean {
  return isObject(value) && typeof value['backend'] === 'string' && typeof value['contract'] === 'number';
}

function isUsage(value: unknown): boolean {
  const names = ['calls', 'unauthorized', 'forbidden', 'throttled', 'failed'];
  return isObject(value) && names.every((name) => typeof value[name] === 'number');
}

function isPortal(value: unknown): boolean {
  return (
    isObject(value) &&
    hasTexts(value, 'portalId', 'timeZone', 'installUrl') &&
    hasArrays(value, 'additionalCurrencies', 'properties') &&
    isObject(value['scopes']) &&
    hasArrays(value['scopes'], 'missingRequired', 'missingOptional') &&
    isUsage(value['usage']) &&
    isObject(value['limit'])
  );
}

function isConnection(value: unknown): boolean {
  return (
    isObject(value) &&
    hasTexts(value, 'connectionId', 'systemName', 'accountId', 'name', 'environment', 'method', 'status') &&
    isObject(value['health']) &&
    isUsage(value['usage']) &&
    isObject(value['limit']) &&
    isObject(value['counts'])
  );
}

function isAudience(value: unknown): boolean {
  return isObject(value) && typeof value['everybody'] === 'boolean' && hasArrays(value, 'users', 'teams');
}

function isPermissions(value: unknown): boolean {
  return isObject(value) && isAudience(value['see']) && isAudience(value['attach']) && hasArrays(value, 'admins');
}

function isCounts(value: unknown): boolean {
  const names = ['connections', 'associations', 'links', 'tombstones', 'drafts', 'credentials'];
  return isObject(value) && names.every((name) => typeof value[name] === 'number');
}

export function isSettingsAnswer(value: unknown): value is SettingsAnswer {
  if (!isObject(value) || !isVersions(value['versions'])) {
    return false;
  }
  switch (value['state']) {
    case 'not_installed':
      return hasTexts(value, 'reason', 'installUrl');
    case 'not_allowed':
      return hasTexts(value, 'why');
    case 'ready':
      return (
        isObject(value['you']) &&
        isPortal(value['portal']) &&
        hasArrays(value, 'connections', 'drafts') &&
        (value['connections'] as unknown[]).every(isConnection) &&
        isPermissions(value['permissions'])
      );
    default:
      return false;
  }
}

export function isChecklistAnswer(value: unknown): value is ChecklistAnswer {
  return isObject(value) && hasState(value, ['asked', 'not_asked', 'trouble']) && hasArrays(value, 'items');
}

export function isDraftAnswer(value: unknown): value is NewDraftAnswer {
  return isObject(value) && isObject(value['draft']) && hasTexts(value['draft'], 'draftId', 'accountId', 'certificatePem');
}

export function isDraftRemoved(value: unknown): value is DraftRemovedAnswer {
  return isObject(value) && typeof value['removed'] === 'boolean';
}

export function isConnectAnswer(value: unknown): value is ConnectAnswer {
  if (!isObject(value)) {
    return false;
  }
  return value['result'] === 'connected'
    ? hasTexts(value, 'connectionId') && isChecklistAnswer(value['checklist'])
    : value['result'] === 'refused' && hasTexts(value, 'code', 'detail');
}

export function isWindowAnswer(value: unknown): value is WindowAnswer {
  return isObject(value) && hasTexts(value, 'url') && typeof value['expiresAt'] === 'number';
}

export function isChangeAnswer(value: unknown): value is ChangeAnswer {
  return isObject(value) && isConnection(value['connection']);
}

export function isPeopleAnswer(value: unknown): value is PeopleAnswer {
  return (
    isObject(value) &&
    hasState(value, ['ready', 'unreadable']) &&
    hasArrays(value, 'users', 'teams') &&
    typeof value['complete'] === 'boolean'
  );
}

export function isPermissionsAnswer(value: unknown): value is PermissionsAnswer {
  return isObject(value) && isPermissions(value['permissions']);
}

export function isLeavingAnswer(value: unknown): value is LeavingAnswer {
  return (
    isObject(value) && isCounts(value['portal']) && (value['connection'] === null || isCounts(value['connection']))
  );
}

export function isLeaveAnswer(value: unknown): value is LeaveAnswer {
  return isObject(value) && hasTexts(value, 'way') && isCounts(value['erased']) && typeof value['remaining'] === 'number';
}
