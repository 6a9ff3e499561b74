import { hasArrays, isObject } from './guards.ts';
import type { Fields } from './guards.ts';
import type { CheckAnswer, CompareAnswer, MappingAnswer, MappingFile, SaveMappingAnswer } from './mapping-types.ts';
import type {
  ActivityAnswer,
  AlertsAnswer,
  FlowsAnswer,
  ParkedGroupsAnswer,
  ParkedRowsAnswer,
  ReviewsAnswer,
  RunsAnswer,
  SamplesAnswer,
  TombstonesAnswer,
  UndoPlan,
} from './sync-types.ts';

/** Whether a body has the shape that an endpoint of the contact sync promises; see guards.ts for why that is asked. */

const RUN_COUNTS = [
  'read',
  'created',
  'linked',
  'updated',
  'unchanged',
  'skipped',
  'parked',
  'reviews',
  'archived',
  'associated',
  'erpCreated',
  'erpUpdated',
  'calls',
];
const PREVIEW_NUMBERS = ['at', 'read', 'wouldLink', 'wouldCreate', 'wouldUpdate', 'wouldSkip', 'unsure', 'calls', 'minutes'];

function hasTexts(value: Fields, ...names: string[]): boolean {
  return names.every((name) => typeof value[name] === 'string');
}

function hasNumbers(value: Fields, ...names: string[]): boolean {
  return names.every((name) => typeof value[name] === 'number');
}

function isAbsent(value: unknown): boolean {
  return value === null || value === undefined;
}

function isListOf(value: unknown, isOne: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isOne);
}

function isRun(value: unknown): boolean {
  return (
    isObject(value) &&
    hasTexts(value, 'id', 'kind', 'cause', 'state') &&
    hasNumbers(value, 'startedAt') &&
    isObject(value['counts']) &&
    hasNumbers(value['counts'], ...RUN_COUNTS)
  );
}

function isPreview(value: unknown): boolean {
  return isObject(value) && hasTexts(value, 'state') && hasNumbers(value, ...PREVIEW_NUMBERS);
}

function isPolicies(value: unknown): boolean {
  return (
    isObject(value) &&
    hasTexts(value, 'onCreate', 'onUpdate', 'onDelete', 'inactive', 'toErp') &&
    hasNumbers(value, 'graceDays', 'brakeShare') &&
    typeof value['mailbox'] === 'boolean' &&
    isObject(value['schedule'])
  );
}

function isFlow(value: unknown): boolean {
  return (
    isObject(value) &&
    hasTexts(value, 'id', 'connectionId', 'connectionName', 'key', 'status') &&
    isPolicies(value['policies']) &&
    isObject(value['counts']) &&
    hasNumbers(value['counts'], 'linked', 'parked', 'reviews', 'waiting') &&
    ['running', 'lastRun'].every((name) => isAbsent(value[name]) || isRun(value[name])) &&
    (isAbsent(value['preview']) || isPreview(value['preview']))
  );
}

export function isFlowsAnswer(value: unknown): value is FlowsAnswer {
  return isObject(value) && isListOf(value['flows'], isFlow);
}

export function isRunsAnswer(value: unknown): value is RunsAnswer {
  return isObject(value) && isListOf(value['runs'], isRun);
}

export function isSamplesAnswer(value: unknown): value is SamplesAnswer {
  const isSample = (one: unknown) => isObject(one) && hasTexts(one, 'erpId', 'erpName') && hasArrays(one, 'changes');
  return isObject(value) && isListOf(value['samples'], isSample);
}

export function isActivityAnswer(value: unknown): value is ActivityAnswer {
  const isEntry = (one: unknown) =>
    isObject(one) && hasTexts(one, 'id', 'what', 'target') && hasNumbers(one, 'at') && hasArrays(one, 'fields');
  return isObject(value) && isListOf(value['entries'], isEntry);
}

export function isParkedGroups(value: unknown): value is ParkedGroupsAnswer {
  const isGroup = (one: unknown) => isObject(one) && hasTexts(one, 'flowId', 'cause', 'side') && hasNumbers(one, 'count');
  return isObject(value) && isListOf(value['groups'], isGroup);
}

export function isParkedRows(value: unknown): value is ParkedRowsAnswer {
  const isRow = (one: unknown) =>
    isObject(one) && hasTexts(one, 'id', 'target', 'side', 'cause') && hasNumbers(one, 'attempts', 'firstAt', 'lastAt');
  return isObject(value) && isListOf(value['rows'], isRow);
}

export function isReviewsAnswer(value: unknown): value is ReviewsAnswer {
  const isSide = (one: unknown) => isObject(one) && hasTexts(one, 'id', 'name') && hasArrays(one, 'fields');
  const isCandidate = (one: unknown) =>
    isObject(one) && hasTexts(one, 'objectId') && hasNumbers(one, 'score') && hasArrays(one, 'reasons') && isSide(one['side']);
  const isReview = (one: unknown) =>
    isObject(one) &&
    hasTexts(one, 'id', 'flowId', 'target', 'reason') &&
    isSide(one['erp']) &&
    isListOf(one['candidates'], isCandidate);
  return isObject(value) && hasNumbers(value, 'total') && isListOf(value['reviews'], isReview);
}

export function isUndoPlan(value: unknown): value is UndoPlan {
  return (
    isObject(value) &&
    hasNumbers(value, 'archive', 'unlink', 'restore', 'editedCount', 'expiresAt') &&
    hasArrays(value, 'editedSince')
  );
}

export function isTombstones(value: unknown): value is TombstonesAnswer {
  const isStone = (one: unknown) =>
    isObject(one) && hasTexts(one, 'id', 'connectionId', 'kind', 'erpId', 'objectTypeId', 'objectId', 'reason') && hasNumbers(one, 'at');
  return isObject(value) && isListOf(value['tombstones'], isStone);
}

export function isAlertsAnswer(value: unknown): value is AlertsAnswer {
  return isObject(value) && (isAbsent(value['url']) || typeof value['url'] === 'string');
}

export function isMappingAnswer(value: unknown): value is MappingAnswer {
  const isRow = (one: unknown) => isObject(one) && hasTexts(one, 'id', 'property', 'direction', 'winner');
  const isTarget = (one: unknown) => isObject(one) && hasTexts(one, 'key', 'objectTypeId') && isListOf(one['rows'], isRow);
  const isTable = (one: unknown) => isObject(one) && hasTexts(one, 'name') && hasArrays(one, 'pairs');
  return (
    isObject(value) &&
    hasTexts(value, 'flowId') &&
    hasNumbers(value, 'version') &&
    isListOf(value['targets'], isTarget) &&
    isListOf(value['tables'], isTable) &&
    hasArrays(value, 'erpFields') &&
    isObject(value['properties'])
  );
}

function isFault(value: unknown): boolean {
  return isObject(value) && hasTexts(value, 'message');
}

export function isCheckAnswer(value: unknown): value is CheckAnswer {
  return (
    isObject(value) &&
    isListOf(value['faults'], isFault) &&
    isObject(value['fits']) &&
    hasArrays(value, 'roundTrip', 'unmatched')
  );
}

export function isSaveAnswer(value: unknown): value is SaveMappingAnswer {
  return isObject(value) && hasNumbers(value, 'version') && (isAbsent(value['faults']) || isListOf(value['faults'], isFault));
}

export function isCompareAnswer(value: unknown): value is CompareAnswer {
  return isObject(value) && hasArrays(value, 'differences') && isListOf(value['faults'], isFault);
}

export function isFile(value: unknown): value is MappingFile {
  return isObject(value);
}

/** What only says that it was done. */
export function isDone(value: unknown): value is object {
  return isObject(value);
}
