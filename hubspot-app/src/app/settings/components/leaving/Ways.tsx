import { LoadingButton } from '@hubspot/ui-extensions';
import type { ConnectionSettings, RowCounts } from '@ledgercard/shared';
import { ActionProblem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';
import type { TabProps } from '../SettingsTabs.tsx';
import { LeaveButton } from './LeaveButton.tsx';
import { useLeave } from './useLeave.ts';
import type { LeaveDone } from './useLeave.ts';
import { WaySection } from './WaySection.tsx';
import { TOUCHES } from './ways.ts';

interface WaysProps extends TabProps {
  counts: RowCounts;
  /** What was counted holds no more after something was done. */
  recount: () => Promise<unknown>;
}

function doneOf({ reload, onLeft, recount }: WaysProps): LeaveDone {
  return async (left) => {
    onLeft(left);
    await Promise.all([reload(), recount()]);
  };
}

/** Pausing, disconnecting and purging one connection. */
export function ConnectionWays(props: WaysProps & { connection: ConnectionSettings }) {
  const { t } = useSettings();
  const { answer, connection, counts } = props;
  const { connectionId, accountId, name, status } = connection;
  const done = doneOf(props);
  const wanted = t('confirm.account', { id: accountId });
  const isDisconnected = status === 'disconnected';
  return (
    <>
      {isDisconnected ? null : <PauseWay {...props} />}
      <WaySection
        title={t('way.title.disconnect')}
        what={t(isDisconnected ? 'way.what.disconnected' : 'way.what.disconnect', { name })}
        counts={counts}
        touched={TOUCHES.disconnect}
      >
        {isDisconnected ? null : (
          <LeaveButton
            way="disconnect"
            connectionId={connectionId}
            label={t('way.button.disconnect', { name })}
            what={t('way.what.disconnect', { name })}
            asksProperties={false}
            wanted={wanted}
            id={accountId}
            onDone={done}
          />
        )}
      </WaySection>
      <WaySection
        title={t('way.title.purge_connection', { name })}
        what={t('way.what.purge_connection', { name })}
        counts={counts}
        touched={TOUCHES.purge_connection}
      >
        <LeaveButton
          way="purge_connection"
          connectionId={connectionId}
          label={t('way.button.purge_connection', { name })}
          what={t('way.what.purge_connection', { name })}
          asksProperties={answer.connections.length === 1}
          wanted={wanted}
          id={accountId}
          onDone={done}
        />
      </WaySection>
    </>
  );
}

function PauseWay(props: WaysProps & { connection: ConnectionSettings }) {
  const { t } = useSettings();
  const { connectionId, name, status } = props.connection;
  const way = status === 'paused' ? 'resume' : 'pause';
  const leave = useLeave(way, connectionId, doneOf(props));
  return (
    <WaySection
      title={t('way.title.pause')}
      what={t(`way.what.${way}`, { name })}
      counts={props.counts}
      touched={TOUCHES.pause}
    >
      <ActionProblem error={leave.error} />
      <LoadingButton variant="secondary" size="sm" loading={leave.busy} onClick={() => void leave.run('', 'keep')}>
        {t(`way.button.${way}`, { name })}
      </LoadingButton>
    </WaySection>
  );
}

/** Purging all that we hold of the portal, and taking the app off it. */
export function PortalWays(props: WaysProps) {
  const { t } = useSettings();
  const { portalId } = props.answer.portal;
  const done = doneOf(props);
  const wanted = t('confirm.portal', { id: portalId });
  return (
    <>
      {(['purge_portal', 'remove'] as const).map((way) => (
        <WaySection
          key={way}
          title={t(`way.title.${way}`)}
          what={t(`way.what.${way}`)}
          counts={props.counts}
          touched={TOUCHES[way]}
          {...(way === 'remove' ? { also: t('way.access') } : {})}
        >
          <LeaveButton
            way={way}
            connectionId={null}
            label={t(`way.button.${way}`)}
            what={t(`way.what.${way}`)}
            asksProperties={way === 'purge_portal'}
            wanted={wanted}
            id={portalId}
            onDone={done}
          />
        </WaySection>
      ))}
    </>
  );
}
