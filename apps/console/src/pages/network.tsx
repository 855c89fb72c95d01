// What holds for the tunnels of the whole service, and the carriers under the agreement.

import { Button } from '@digdir/designsystemet-react';
import type { NetworkSettings } from '@rmh/contract/api';
import { useState } from 'react';
import { useCarriers, useGet, useMay, useWrite } from '../api/api.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Choice, ModalDialog, TextInput } from '../parts/fields.tsx';
import { SaveFault, useOpened } from '../parts/overtaken.tsx';
import { Answer, Facts, Fault, Panel } from '../parts/page.tsx';
import { useWords } from '../words/words.ts';

const COLOURS = ['1', '2', '3', '4', '5', '6', '7', '8'] as const;

export function Network() {
  return (
    <>
      <Settings />
      <Carriers />
    </>
  );
}

function Settings() {
  const t = useWords();
  const may = useMay();
  const settings = useGet<NetworkSettings>('/network-settings');
  const [editing, setEditing] = useState(false);
  return (
    <Panel
      title={t('network.title')}
      note={t('network.note')}
      tools={
        may('gateway.write') && (
          <Button
            variant="secondary"
            disabled={settings.data === undefined}
            onClick={() => setEditing(true)}
          >
            {t('action.change')}
          </Button>
        )
      }
    >
      <Answer of={settings}>
        {(data) => (
          <>
            <Facts
              of={[
                [t('network.pool'), <code key="pool">{data.pool}</code>],
                [t('network.rotate'), data.rotateKeysHours],
              ]}
            />
            {editing && (
              <ModalDialog title={t('network.title')} open onClose={() => setEditing(false)}>
                <SettingsForm now={data} onDone={() => setEditing(false)} />
              </ModalDialog>
            )}
          </>
        )}
      </Answer>
    </Panel>
  );
}

interface SettingsFormProps {
  readonly now: NetworkSettings;
  readonly onDone: () => void;
}

function SettingsForm({ now, onDone }: SettingsFormProps) {
  const t = useWords();
  const write = useWrite(['/network-settings']);
  const { opened, version } = useOpened(now, write.error);
  const [pool, setPool] = useState(opened.pool);
  const [hours, setHours] = useState(String(opened.rotateKeysHours));
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const body = { pool: pool.trim(), rotateKeysHours: Number(hours) };
    write.mutate(
      { path: '/network-settings', method: 'PUT', body, version },
      { onSuccess: onDone },
    );
  };
  return (
    <form className="form" onSubmit={submit}>
      <TextInput
        label={t('network.pool')}
        hint={t('network.poolHint')}
        pattern="\s*\d{1,3}(\.\d{1,3}){3}\/(8|9|1\d|20)\s*"
        value={pool}
        onChange={setPool}
        required
      />
      <TextInput
        label={t('network.rotate')}
        hint={t('network.rotateHint')}
        type="number"
        value={hours}
        onChange={setHours}
        required
      />
      <SaveFault
        error={write.error}
        fields={[
          [t('network.pool'), opened.pool, now.pool],
          [t('network.rotate'), String(opened.rotateKeysHours), String(now.rotateKeysHours)],
        ]}
      />
      <Button type="submit" loading={write.isPending}>
        {t('action.save')}
      </Button>
    </form>
  );
}

function Carriers() {
  const t = useWords();
  const may = useMay();
  const carriers = useCarriers();
  const [making, setMaking] = useState(false);
  return (
    <Panel
      title={t('column.carriers')}
      tools={
        may('carrier.write') && (
          <Button variant="secondary" onClick={() => setMaking(true)}>
            {t('carrier.new')}
          </Button>
        )
      }
    >
      <Answer of={carriers}>
        {(items) => (
          <DataTable
            caption={t('column.carriers')}
            rows={items}
            rowKey={({ id }) => id}
            columns={[
              {
                key: 'name',
                head: t('column.name'),
                names: true,
                cell: ({ name, colour }) => (
                  <span className="marked">
                    <span className={`swatch chart-${colour}`} />
                    {name}
                  </span>
                ),
              },
              { key: 'key', head: t('carrier.key'), cell: ({ key }) => <code>{key}</code> },
            ]}
          />
        )}
      </Answer>
      {making && <NewCarrier onClose={() => setMaking(false)} />}
    </Panel>
  );
}

function NewCarrier({ onClose }: { readonly onClose: () => void }) {
  const t = useWords();
  const [name, setName] = useState('');
  const [key, setKey] = useState('');
  const [colour, setColour] = useState<(typeof COLOURS)[number]>('4');
  const write = useWrite(['/carriers']);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const body = { key, name, colour: Number(colour) };
    write.mutate({ path: '/carriers', body }, { onSuccess: onClose });
  };
  return (
    <ModalDialog title={t('carrier.new')} open onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <TextInput label={t('column.name')} value={name} onChange={setName} required />
        <TextInput
          label={t('carrier.key')}
          hint={t('carrier.keyHint')}
          pattern="[a-z0-9][a-z0-9._\-]{0,31}"
          value={key}
          onChange={setKey}
          required
        />
        <Choice
          label={t('carrier.colour')}
          value={colour}
          options={COLOURS.map((one) => ({ value: one, label: one }))}
          onChange={setColour}
        />
        {write.error !== null && <Fault error={write.error} />}
        <Button type="submit" loading={write.isPending}>
          {t('action.save')}
        </Button>
      </form>
    </ModalDialog>
  );
}
