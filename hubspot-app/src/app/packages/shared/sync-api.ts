import type { Client, Unkeyed } from './client.ts';
import type {
  CheckAnswer,
  CheckRequest,
  CompareAnswer,
  MappingAnswer,
  MappingFile,
  SaveMappingAnswer,
  SaveMappingRequest,
} from './mapping-types.ts';
import type { WindowAnswer } from './settings-types.ts';
import { isWindowAnswer } from './settings-guards.ts';
import {
  isActivityAnswer,
  isAlertsAnswer,
  isCheckAnswer,
  isCompareAnswer,
  isDone,
  isFile,
  isFlowsAnswer,
  isMappingAnswer,
  isParkedGroups,
  isParkedRows,
  isReviewsAnswer,
  isRunsAnswer,
  isSamplesAnswer,
  isSaveAnswer,
  isTombstones,
  isUndoPlan,
} from './sync-guards.ts';
import type {
  ActivityAnswer,
  AlertsAnswer,
  AlertsRequest,
  DecideRequest,
  DownloadRequest,
  FlowKey,
  FlowRequest,
  FlowsAnswer,
  FlowView,
  LiftRequest,
  NamedRunRequest,
  ParkedGroupsAnswer,
  ParkedRowsAnswer,
  PoliciesRequest,
  RetryRequest,
  ReviewsAnswer,
  RunRequest,
  RunsAnswer,
  SampleGroup,
  SamplesAnswer,
  SwitchRequest,
  TombstonesAnswer,
  UndoPlan,
} from './sync-types.ts';

/** What the settings page asks the backend about the contact sync. */

export interface SyncApi {
  flows(): Promise<FlowsAnswer>;
  samples(query: { flow: string; what: SampleGroup }): Promise<SamplesAnswer>;
  switchFlow(request: Unkeyed<SwitchRequest>): Promise<object>;
  start(request: Unkeyed<FlowRequest>): Promise<object>;
  policies(request: Unkeyed<PoliciesRequest>): Promise<object>;
  run(request: Unkeyed<RunRequest>): Promise<object>;
  cancelRun(request: Unkeyed<NamedRunRequest>): Promise<object>;
  /** After the brake: goes on all the same. */
  continueRun(request: Unkeyed<NamedRunRequest>): Promise<object>;
  mapping(query: { flow: string }): Promise<MappingAnswer>;
  check(request: Unkeyed<CheckRequest>): Promise<CheckAnswer>;
  saveMapping(request: Unkeyed<SaveMappingRequest>): Promise<SaveMappingAnswer>;
  resetMapping(request: Unkeyed<FlowRequest>): Promise<object>;
  mappingFile(query: { flow: string }): Promise<MappingFile>;
  compareFile(request: Unkeyed<FlowRequest & { file: MappingFile }>): Promise<CompareAnswer>;
  importFile(request: Unkeyed<FlowRequest & { file: MappingFile; version: number }>): Promise<SaveMappingAnswer>;
  activity(query: { flow?: string; run?: string; what?: string; before?: string; limit?: number }): Promise<ActivityAnswer>;
  runs(query: { flow?: string; before?: number }): Promise<RunsAnswer>;
  parked(query: { flow?: string }): Promise<ParkedGroupsAnswer>;
  parkedRows(query: { flow: string; cause: string; field?: string; after?: string }): Promise<ParkedRowsAnswer>;
  retry(request: Unkeyed<RetryRequest>): Promise<object>;
  reviews(query: { flow?: string; after?: string }): Promise<ReviewsAnswer>;
  decide(request: Unkeyed<DecideRequest>): Promise<object>;
  undoPlan(request: Unkeyed<NamedRunRequest>): Promise<UndoPlan>;
  undo(request: Unkeyed<NamedRunRequest>): Promise<object>;
  tombstones(query: { after?: string }): Promise<TombstonesAnswer>;
  lift(request: Unkeyed<LiftRequest>): Promise<object>;
  alerts(): Promise<AlertsAnswer>;
  setAlerts(request: Unkeyed<AlertsRequest>): Promise<AlertsAnswer>;
  download(request: Unkeyed<DownloadRequest>): Promise<WindowAnswer>;
}

const ORDER: readonly FlowKey[] = ['customers', 'contacts'];

/** Connection by connection, and in each the customers first: the contacts belong to them. */
function inOrder(flows: FlowView[]): FlowView[] {
  const connections = [...new Set(flows.map((flow) => flow.connectionId))];
  const place = (flow: FlowView) => connections.indexOf(flow.connectionId) * ORDER.length + ORDER.indexOf(flow.key);
  return [...flows].sort((a, b) => place(a) - place(b));
}

export function createSyncApi({ get, act }: Client): SyncApi {
  return {
    flows: async () => ({ flows: inOrder((await get('/api/settings/flows', {}, isFlowsAnswer)).flows) }),
    samples: (query) => get('/api/settings/flows/samples', query, isSamplesAnswer),
    switchFlow: (request) => act('/api/settings/flows/switch', request, isDone),
    start: (request) => act('/api/settings/flows/start', request, isDone),
    policies: (request) => act('/api/settings/flows/policies', request, isDone),
    run: (request) => act('/api/settings/flows/run', request, isDone),
    cancelRun: (request) => act('/api/settings/runs/cancel', request, isDone),
    continueRun: (request) => act('/api/settings/runs/continue', request, isDone),
    mapping: (query) => get('/api/settings/mappings', query, isMappingAnswer),
    check: (request) => act('/api/settings/mappings/check', request, isCheckAnswer),
    saveMapping: (request) => act('/api/settings/mappings/save', request, isSaveAnswer),
    resetMapping: (request) => act('/api/settings/mappings/reset', request, isDone),
    mappingFile: (query) => get('/api/settings/mappings/file', query, isFile),
    compareFile: (request) => act('/api/settings/mappings/compare', request, isCompareAnswer),
    importFile: (request) => act('/api/settings/mappings/import', request, isSaveAnswer),
    activity: (query) => get('/api/settings/activity', query, isActivityAnswer),
    runs: (query) => get('/api/settings/runs', query, isRunsAnswer),
    parked: (query) => get('/api/settings/parked', query, isParkedGroups),
    parkedRows: (query) => get('/api/settings/parked/rows', query, isParkedRows),
    retry: (request) => act('/api/settings/parked/retry', request, isDone),
    reviews: (query) => get('/api/settings/reviews', query, isReviewsAnswer),
    decide: (request) => act('/api/settings/reviews/decide', request, isDone),
    undoPlan: (request) => act('/api/settings/undo/plan', request, isUndoPlan),
    undo: (request) => act('/api/settings/undo', request, isDone),
    tombstones: (query) => get('/api/settings/tombstones', query, isTombstones),
    lift: (request) => act('/api/settings/tombstones/lift', request, isDone),
    alerts: () => get('/api/settings/alerts', {}, isAlertsAnswer),
    setAlerts: (request) => act('/api/settings/alerts', request, isAlertsAnswer),
    download: (request) => act('/api/settings/activity/download', request, isWindowAnswer),
  };
}
