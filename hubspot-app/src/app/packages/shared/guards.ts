import type {
  AddAnswer,
  DetailAnswer,
  LinkAnswer,
  ListAnswer,
  RefreshAnswer,
  RemoveAnswer,
  SearchAnswer,
} from './types.ts';

/**
 * Whether a body has the shape that an endpoint promises. HubSpot's proxy may put something else in its place (an error page,
 * an envelope), and the card must then show an error, not crash.
 */

export type Fields = Record<string, unknown>;

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function hasArrays(value: Fields, ...names: string[]): boolean {
  return names.every((name) => Array.isArray(value[name]));
}

export function hasState(value: Fields, states: readonly string[]): boolean {
  return typeof value['state'] === 'string' && states.includes(value['state']);
}

const LIST_STATES = ['ready', 'loading', 'not_connected', 'no_permission', 'unavailable', 'ambiguous'];
const SEARCH_STATES = ['ready', 'loading', 'not_connected', 'no_permission', 'unavailable'];
const DETAIL_STATES = ['ready', 'loading', 'no_permission', 'unavailable', 'deleted_in_erp'];

export function isListAnswer(value: unknown): value is ListAnswer {
  return (
    isObject(value) &&
    hasState(value, LIST_STATES) &&
    hasArrays(value, 'connections', 'customers', 'candidates', 'rows', 'missing', 'summary', 'suggestions') &&
    typeof value['summaryComplete'] === 'boolean' &&
    isObject(value['permission']) &&
    typeof value['page'] === 'number' &&
    typeof value['pageSize'] === 'number' &&
    typeof value['total'] === 'number'
  );
}

export function isSearchAnswer(value: unknown): value is SearchAnswer {
  return (
    isObject(value) &&
    hasState(value, SEARCH_STATES) &&
    hasArrays(value, 'connections', 'rows') &&
    typeof value['total'] === 'number'
  );
}

export function isDetailAnswer(value: unknown): value is DetailAnswer {
  return isObject(value) && hasState(value, DETAIL_STATES) && hasArrays(value, 'lines', 'taxes', 'payments');
}

export function isAddAnswer(value: unknown): value is AddAnswer {
  return isObject(value) && hasArrays(value, 'results');
}

function hasOutcome(value: unknown): boolean {
  return isObject(value) && typeof value['outcome'] === 'string';
}

export function isRemoveAnswer(value: unknown): value is RemoveAnswer {
  return hasOutcome(value) && typeof (value as Fields)['associationId'] === 'string';
}

export function isLinkAnswer(value: unknown): value is LinkAnswer {
  return hasOutcome(value);
}

export function isRefreshAnswer(value: unknown): value is RefreshAnswer {
  return hasOutcome(value);
}
