import { Button } from '@digdir/designsystemet-react';
import type { Gateway, Page } from '@rmh/contract/api';
import { useState } from 'react';
import { useGet, useMay, useWrite } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { whenText } from '../format.ts';
import { DataTable } from '../parts/data-table.tsx';
import { ModalDialog, OnceShown, TextInput } from '../parts/fields.tsx';
import { Answer, Fault, Panel } from '../parts/page.tsx';
import { Marked, type Tone } from '../parts/status.tsx';
import { useLanguage, useWords } from '../words/words.ts';
import { ChangeGateway, NewGateway } from './gateway-dialog.tsx';

const STATE_TONES: Readonly<Record<Gateway['state'], Tone>> = {
  awaited: 'unknown',
  up: 'good',
  silent: 'bad',
  revoked: 'off',
};

type Open =
  | { readonly kind: 'make' }
  | { readonly kind: 'change' | 'revoke'; readonly gateway: Gateway };

export function Gateways() {
  const t = useWords();
  const may = useMay();
  const list = useGet<Page<Gateway>>('/gateways', {}, { everyMs: 15_000 });
  const invite = useWrite<{ token: string }>(['/gateways']);
  const [open, setOpen] = useState<Open | null>(null);
  const close = (): void => setOpen(null);
  const onInvite = ({ id }: Gateway): void => {
    const path = `/gateways/${id}/enrolment-tokens`;
    invite.mutate({ path, body: {}, idempotencyKey: crypto.randomUUID() });
  };
  return (
    <Panel
      title={t('admin.gateways')}
      tools={
        may('gateway.write') && (
          <Button variant="secondary" onClick={() => setOpen({ kind: 'make' })}>
            {t('gateway.new')}
          </Button>
        )
      }
    >
      {invite.data !== undefined && (
        <OnceShown secret={invite.data.token} note={t('gateway.tokenOnce')} />
      )}
      {invite.error !== null && <Fault error={invite.error} />}
      <Answer of={list}>
        {({ items }) => (
          <GatewayTable
            gateways={items}
            writing={may('gateway.write') ? { onInvite, onOpen: setOpen } : null}
          />
        )}
      </Answer>
      {open?.kind === 'make' && <NewGateway onClose={close} />}
      {open?.kind === 'change' && (
        <ChangeGateway id={open.gateway.id} name={open.gateway.name} onClose={close} />
      )}
      {open?.kind === 'revoke' && <RevokeGateway gateway={open.gateway} onClose={close} />}
    </Panel>
  );
}

interface Writing {
  readonly onInvite: (gateway: Gateway) => void;
  readonly onOpen: (open: Open) => void;
}

interface GatewayTableProps {
  readonly gateways: readonly Gateway[];
  /** Null: for reading only. */
  readonly writing: Writing | null;
}

function GatewayTable({ gateways, writing }: GatewayTableProps) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  return (
    <DataTable
      caption={t('admin.gateways')}
      rows={gateways}
      rowKey={({ id }) => id}
      empty={t('gateway.none')}
      columns={[
        { key: 'name', head: t('column.name'), names: true, cell: ({ name }) => name },
        { key: 'site', head: t('column.site'), spare: true, cell: ({ site }) => site },
        {
          key: 'state',
          head: t('column.state'),
          cell: ({ state }) => <Marked tone={STATE_TONES[state]}>{t(`gateway.${state}`)}</Marked>,
        },
        {
          key: 'units',
          head: t('gateway.units'),
          numeric: true,
          spare: true,
          cell: ({ unitsActive }) => unitsActive ?? '–',
        },
        {
          key: 'heard',
          head: t('column.heard'),
          spare: true,
          cell: ({ heardAt }) => (heardAt === null ? '–' : whenText(language, heardAt, nowMs)),
        },
        {
          key: 'endpoint',
          head: t('column.endpoint'),
          spare: true,
          cell: ({ endpoint }) => <code>{endpoint}</code>,
        },
        {
          key: 'actions',
          head: <span className="unseen">{t('column.action')}</span>,
          cell: (gateway) =>
            writing !== null &&
            gateway.state !== 'revoked' && <RowActions gateway={gateway} writing={writing} />,
        },
      ]}
    />
  );
}

interface RowActionsProps {
  readonly gateway: Gateway;
  readonly writing: Writing;
}

function RowActions({ gateway, writing }: RowActionsProps) {
  const t = useWords();
  const actions = [
    ['unit.invite', () => writing.onInvite(gateway)],
    ['action.change', () => writing.onOpen({ kind: 'change', gateway })],
    ['gateway.revoke', () => writing.onOpen({ kind: 'revoke', gateway })],
  ] as const;
  return (
    <div className="row-actions">
      {actions.map(([word, act]) => (
        <Button
          key={word}
          variant="tertiary"
          aria-label={`${t(word)}: ${gateway.name}`}
          {...(word === 'gateway.revoke' && { 'data-color': 'danger' as const })}
          onClick={act}
        >
          {t(word)}
        </Button>
      ))}
    </div>
  );
}

interface RevokeGatewayProps {
  readonly gateway: Gateway;
  readonly onClose: () => void;
}

function RevokeGateway({ gateway, onClose }: RevokeGatewayProps) {
  const t = useWords();
  const [reason, setReason] = useState('');
  const revoke = useWrite(['/gateways']);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const path = `/gateways/${gateway.id}/revoke`;
    revoke.mutate({ path, body: { reason } }, { onSuccess: onClose });
  };
  return (
    <ModalDialog title={t('gateway.revokeTitle', { name: gateway.name })} open onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <p>{t('gateway.revokeWhat')}</p>
        <TextInput label={t('word.reason')} value={reason} onChange={setReason} required />
        {revoke.error !== null && <Fault error={revoke.error} />}
        <Button type="submit" data-color="danger" loading={revoke.isPending}>
          {t('gateway.revoke')}
        </Button>
      </form>
    </ModalDialog>
  );
}
