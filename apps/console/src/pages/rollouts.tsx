// A rollout brings the layers' values to the units in rings, and stops by itself when they refuse.

import { Button } from '@digdir/designsystemet-react';
import type { Page, Rollout } from '@rmh/contract/api';
import { useState } from 'react';
import { useGet, useMay, useOrganisations, useWrite } from '../api/api.ts';
import { shareText } from '../format.ts';
import { OrganisationChoice } from '../parts/choices.tsx';
import { ModalDialog, TextInput } from '../parts/fields.tsx';
import { Answer, Facts, Fault, Panel } from '../parts/page.tsx';
import { Marked, type Tone } from '../parts/status.tsx';
import { useLanguage, useWords } from '../words/words.ts';
import { RolloutUnits } from './rollout-units.tsx';

export function Rollouts() {
  const t = useWords();
  const may = useMay();
  const [making, setMaking] = useState(false);
  const rollouts = useGet<Page<Rollout>>('/rollouts', {}, { everyMs: 5_000 });
  return (
    <Panel
      title={t('configuration.rollouts')}
      note={t('rollout.note')}
      tools={
        may('rollout.write') && (
          <Button variant="secondary" onClick={() => setMaking(true)}>
            {t('rollout.new')}
          </Button>
        )
      }
    >
      <Answer of={rollouts}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="nothing">{t('rollout.none')}</p>
          ) : (
            <ul className="rollouts">
              {items.map((rollout) => (
                <RolloutRow key={rollout.id} rollout={rollout} />
              ))}
            </ul>
          )
        }
      </Answer>
      {making && <NewRollout onClose={() => setMaking(false)} />}
    </Panel>
  );
}

const STATE_TONES: Readonly<Record<Rollout['state'], Tone>> = {
  draft: 'unknown',
  running: 'good',
  paused: 'reduced',
  stopped: 'bad',
  done: 'good',
};
const COUNTS = ['confirmed', 'sent', 'waiting', 'onMission', 'fellBack'] as const;
const COMMANDS: Readonly<
  Record<Rollout['state'], readonly ('start' | 'pause' | 'resume' | 'stop')[]>
> = {
  draft: ['start', 'stop'],
  running: ['pause', 'stop'],
  paused: ['resume', 'stop'],
  stopped: [],
  done: [],
};

function RolloutRow({ rollout }: { readonly rollout: Rollout }) {
  const t = useWords();
  const language = useLanguage();
  const may = useMay();
  const { data: tree } = useOrganisations();
  const write = useWrite(['/rollouts']);
  const [shown, setShown] = useState(false);
  return (
    <li className="rollout">
      <h3>
        {rollout.name}{' '}
        <Marked tone={STATE_TONES[rollout.state]}>{t(`rollout.${rollout.state}`)}</Marked>
      </h3>
      <p className="quiet">
        {tree?.find(({ id }) => id === rollout.organisationId)?.name}
        {rollout.pausedBecause === 'fell-back' && ` · ${t('rollout.pausedItself')}`}
      </p>
      <ol className="rings" aria-label={t('rollout.rings')}>
        {rollout.rings.map((share, index) => (
          <li
            key={share}
            className={index < rollout.ring ? 'past' : index === rollout.ring ? 'present' : 'ahead'}
            aria-current={index === rollout.ring ? 'step' : undefined}
          >
            {shareText(language, share)}
          </li>
        ))}
      </ol>
      <Facts of={COUNTS.map((name) => [t(`rollout.${name}`), rollout.counts[name]] as const)} />
      <div className="actions">
        <Button variant="tertiary" aria-expanded={shown} onClick={() => setShown(!shown)}>
          {t('rollout.units')}
        </Button>
        {may('rollout.write') &&
          COMMANDS[rollout.state].map((command) => (
            <Button
              key={command}
              variant="secondary"
              loading={write.isPending}
              {...(command === 'stop' && { 'data-color': 'danger' as const })}
              onClick={() =>
                write.mutate({
                  path: `/rollouts/${rollout.id}/command`,
                  body: { command },
                  version: rollout.version,
                  idempotencyKey: crypto.randomUUID(),
                })
              }
            >
              {t(`command.${command}`)}
            </Button>
          ))}
      </div>
      {write.error !== null && <Fault error={write.error} />}
      {shown && <RolloutUnits rolloutId={rollout.id} />}
    </li>
  );
}

// A first ring that a person can follow one by one, then quick: 2 %, 10 %, 50 %, all.
const RINGS_PROPOSED = '2 10 50 100';
const SUCCESS_PROPOSED = '95';

function NewRollout({ onClose }: { readonly onClose: () => void }) {
  const t = useWords();
  const [name, setName] = useState('');
  const [organisationId, setOrganisation] = useState('');
  const [rings, setRings] = useState(RINGS_PROPOSED);
  const [success, setSuccess] = useState(SUCCESS_PROPOSED);
  const write = useWrite(['/rollouts']);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const body = {
      organisationId: Number(organisationId),
      name: name.trim(),
      rings: rings
        .trim()
        .split(/\s+/)
        .map((percent) => Number(percent) / 100),
      successLeast: Number(success) / 100,
      unitIds: null,
    };
    const idempotencyKey = crypto.randomUUID();
    write.mutate({ path: '/rollouts', body, idempotencyKey }, { onSuccess: onClose });
  };
  return (
    <ModalDialog title={t('rollout.new')} open onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <TextInput label={t('column.name')} value={name} onChange={setName} required />
        <OrganisationChoice one value={organisationId} onChange={setOrganisation} />
        <TextInput label={t('rollout.ringsPercent')} value={rings} onChange={setRings} required />
        <TextInput
          label={t('rollout.successPercent')}
          type="number"
          value={success}
          onChange={setSuccess}
          required
        />
        {write.error !== null && <Fault error={write.error} />}
        <Button type="submit" loading={write.isPending} disabled={organisationId === ''}>
          {t('action.save')}
        </Button>
      </form>
    </ModalDialog>
  );
}
