import { createClient } from './client.ts';
import type { ApiSettings, Unkeyed } from './client.ts';
import {
  isChangeAnswer,
  isChecklistAnswer,
  isConnectAnswer,
  isDraftAnswer,
  isDraftRemoved,
  isLeaveAnswer,
  isLeavingAnswer,
  isPeopleAnswer,
  isPermissionsAnswer,
  isSettingsAnswer,
  isWindowAnswer,
} from './settings-guards.ts';
import { createSyncApi } from './sync-api.ts';
import type { SyncApi } from './sync-api.ts';
import type {
  ChangeAnswer,
  ChangeRequest,
  ChecklistAnswer,
  ConnectAnswer,
  ConnectDraftRequest,
  TestRequest,
  NewDraftAnswer,
  NamedDraftRequest,
  DraftRemovedAnswer,
  NewDraftRequest,
  LeaveAnswer,
  LeaveRequest,
  LeavingAnswer,
  PeopleAnswer,
  PermissionsAnswer,
  PermissionsRequest,
  SettingsAnswer,
  BeginSignInRequest,
  WindowAnswer,
} from './settings-types.ts';

/** What the settings page asks the backend for. */

export interface SettingsApi extends SyncApi {
  settings(): Promise<SettingsAnswer>;
  /** Without a connection nothing is asked in the ERP: the bare list. */
  checklist(query: { connectionId?: string }): Promise<ChecklistAnswer>;
  makeDraft(request: Unkeyed<NewDraftRequest>): Promise<NewDraftAnswer>;
  removeDraft(request: Unkeyed<NamedDraftRequest>): Promise<DraftRemovedAnswer>;
  connect(request: Unkeyed<ConnectDraftRequest>): Promise<ConnectAnswer>;
  signIn(request: Unkeyed<BeginSignInRequest>): Promise<WindowAnswer>;
  certificate(request: Unkeyed<NamedDraftRequest>): Promise<WindowAnswer>;
  test(request: Unkeyed<TestRequest>): Promise<ChecklistAnswer>;
  change(request: Unkeyed<ChangeRequest>): Promise<ChangeAnswer>;
  people(): Promise<PeopleAnswer>;
  permit(request: Unkeyed<PermissionsRequest>): Promise<PermissionsAnswer>;
  leaving(query: { connectionId?: string }): Promise<LeavingAnswer>;
  leave(request: Unkeyed<LeaveRequest>): Promise<LeaveAnswer>;
}

export function createSettingsApi(settings: ApiSettings): SettingsApi {
  const client = createClient(settings);
  const { get, act } = client;
  return {
    ...createSyncApi(client),
    settings: () => get('/api/settings', {}, isSettingsAnswer),
    checklist: (query) => get('/api/settings/checklist', query, isChecklistAnswer),
    makeDraft: (request) => act('/api/settings/netsuite/drafts', request, isDraftAnswer),
    removeDraft: (request) => act('/api/settings/drafts/remove', request, isDraftRemoved),
    connect: (request) => act('/api/settings/netsuite/connect', request, isConnectAnswer),
    signIn: (request) => act('/api/settings/netsuite/sign-in', request, isWindowAnswer),
    certificate: (request) => act('/api/settings/netsuite/certificate', request, isWindowAnswer),
    test: (request) => act('/api/settings/connections/test', request, isChecklistAnswer),
    change: (request) => act('/api/settings/connections/change', request, isChangeAnswer),
    people: () => get('/api/settings/people', {}, isPeopleAnswer),
    permit: (request) => act('/api/settings/permissions', request, isPermissionsAnswer),
    leaving: (query) => get('/api/settings/leaving', query, isLeavingAnswer),
    leave: (request) => act('/api/settings/leave', request, isLeaveAnswer),
  };
}
