import { createClient } from './client.ts';
import type { ApiSettings, Unkeyed } from './client.ts';
import {
  isAddAnswer,
  isDetailAnswer,
  isLinkAnswer,
  isListAnswer,
  isObject,
  isRefreshAnswer,
  isRemoveAnswer,
  isSearchAnswer,
} from './guards.ts';
import type {
  AddAnswer,
  AddRequest,
  DetailAnswer,
  LinkAnswer,
  LinkRequest,
  ListAnswer,
  ListQuery,
  RecordRef,
  RefreshAnswer,
  RefreshRequest,
  RemoveAnswer,
  RemoveRequest,
  SearchAnswer,
  SearchQuery,
  SyncRequest,
} from './types.ts';

/** What the card asks the backend for. */

export interface Api {
  list(query: ListQuery): Promise<ListAnswer>;
  search(query: SearchQuery): Promise<SearchAnswer>;
  detail(query: RecordRef & { connectionId: string; invoiceId: string }): Promise<DetailAnswer>;
  add(request: Unkeyed<AddRequest>): Promise<AddAnswer>;
  remove(request: Unkeyed<RemoveRequest>): Promise<RemoveAnswer>;
  restore(request: Unkeyed<RemoveRequest>): Promise<RemoveAnswer>;
  link(request: Unkeyed<LinkRequest>): Promise<LinkAnswer>;
  refresh(request: Unkeyed<RefreshRequest>): Promise<RefreshAnswer>;
  sync(request: Unkeyed<SyncRequest>): Promise<object>;
}

export function createApi(settings: ApiSettings): Api {
  const { get, act } = createClient(settings);
  return {
    list: (query) => get('/api/card/invoices', query, isListAnswer),
    search: (query) => get('/api/card/search', query, isSearchAnswer),
    detail: (query) => get('/api/card/invoice', query, isDetailAnswer),
    add: (request) => act('/api/card/associations', request, isAddAnswer),
    remove: (request) => act('/api/card/associations/remove', request, isRemoveAnswer),
    restore: (request) => act('/api/card/associations/restore', request, isRemoveAnswer),
    link: (request) => act('/api/card/links', request, isLinkAnswer),
    refresh: (request) => act('/api/card/refresh', request, isRefreshAnswer),
    sync: (request) => act('/api/card/sync', request, isObject),
  };
}
