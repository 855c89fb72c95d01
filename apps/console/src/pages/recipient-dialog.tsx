// A new recipient of alarms, or a change of one. A webhook's secret is shown once.

import { Button } from '@digdir/designsystemet-react';
import type { AlarmKind, Severity, Webhook } from '@rmh/contract/api';
import { useState } from 'react';
import { useOrganisations, useWrite } from '../api/api.ts';
import { ALARM_KIND_NAMES, SEVERITY_NAMES } from '../choices.ts';
import { OrganisationChoice } from '../parts/choices.tsx';
import { Choice, ModalDialog, OnceShown, Segments, TextInput } from '../parts/fields.tsx';
import { SaveFault, useOpened } from '../parts/overtaken.tsx';
import { useWords } from '../words/words.ts';

type Way = 'web' | 'mail';
const MAIL = 'mailto:';

export const wayOf = (target: string): Way => (target.startsWith(MAIL) ? 'mail' : 'web');
export const addressIn = (target: string): string => target.replace(MAIL, '');

const NEW = {
  id: 0,
  organisationId: 0,
  name: '',
  target: '',
  kinds: [],
  // What wakes people; the rest is in the list of alarms.
  leastSeverity: 'major',
  enabled: true,
  restingUntil: null,
  version: 0,
} as const satisfies Webhook;

interface RecipientDialogProps {
  /** Null: a new one. */
  readonly webhook: Webhook | null;
  readonly onClose: () => void;
}

export function RecipientDialog({ webhook, onClose }: RecipientDialogProps) {
  const t = useWords();
  const write = useWrite<{ secret?: string | null }>(['/webhooks']);
  const secret = write.data?.secret ?? null;
  return (
    <ModalDialog title={webhook?.name ?? t('recipient.new')} open onClose={onClose}>
      {secret === null ? (
        <RecipientForm now={webhook ?? NEW} write={write} onClose={onClose} />
      ) : (
        <OnceShown secret={secret} note={t('recipient.once')} />
      )}
    </ModalDialog>
  );
}

interface RecipientFormProps {
  readonly now: Webhook;
  readonly write: ReturnType<typeof useWrite<{ secret?: string | null }>>;
  readonly onClose: () => void;
}

function RecipientForm({ now, write, onClose }: RecipientFormProps) {
  const t = useWords();
  const { opened, version } = useOpened(now, write.error);
  const [way, setWay] = useState(wayOf(opened.target));
  const [name, setName] = useState(opened.name);
  const [address, setAddress] = useState(addressIn(opened.target));
  const [organisationId, setOrganisation] = useState(String(opened.organisationId || ''));
  const [leastSeverity, setLeast] = useState<Severity>(opened.leastSeverity);
  const [kinds, setKinds] = useState<ReadonlySet<AlarmKind>>(new Set(opened.kinds));
  const isNew = opened.id === 0;
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const target = way === 'mail' ? MAIL + address.trim() : address.trim();
    const chosen = ALARM_KIND_NAMES.filter((kind) => kinds.has(kind));
    const body = { name, target, kinds: chosen, leastSeverity, enabled: now.enabled };
    write.mutate(
      isNew
        ? { path: `/organisations/${organisationId}/webhooks`, body }
        : { path: `/webhooks/${opened.id}`, method: 'PUT', body, version },
      // A secret is to be read first.
      { onSuccess: ({ secret }) => (secret ?? null) === null && onClose() },
    );
  };
  return (
    <form className="form" onSubmit={submit}>
      {isNew && (
        <Segments
          label={t('recipient.way')}
          value={way}
          options={[
            { value: 'web', label: t('way.web') },
            { value: 'mail', label: t('way.mail') },
          ]}
          onChange={setWay}
        />
      )}
      <TextInput label={t('column.name')} value={name} onChange={setName} required />
      <AddressInput way={way} value={address} onChange={setAddress} />
      {isNew && (
        <OrganisationChoice
          one
          label={t('recipient.about')}
          value={organisationId}
          onChange={setOrganisation}
        />
      )}
      <Choice
        label={t('recipient.least')}
        value={leastSeverity}
        options={SEVERITY_NAMES.map((one) => ({ value: one, label: t(`severity.${one}`) }))}
        onChange={setLeast}
      />
      <KindChecks chosen={kinds} onChange={setKinds} />
      <SaveFault error={write.error} fields={useFields(opened, now)} />
      <Button type="submit" loading={write.isPending} disabled={organisationId === ''}>
        {t('action.save')}
      </Button>
    </form>
  );
}

interface AddressInputProps {
  readonly way: Way;
  readonly value: string;
  readonly onChange: (address: string) => void;
}

function AddressInput({ way, value, onChange }: AddressInputProps) {
  const t = useWords();
  return (
    <TextInput
      key={way}
      label={t(way === 'mail' ? 'column.email' : 'recipient.address')}
      type={way === 'mail' ? 'email' : 'url'}
      placeholder={way === 'mail' ? 'vakt@example.org' : 'https://'}
      {...(way === 'web' && { hint: t('recipient.addressHint') })}
      value={value}
      onChange={onChange}
      required
    />
  );
}

interface KindChecksProps {
  readonly chosen: ReadonlySet<AlarmKind>;
  readonly onChange: (kinds: ReadonlySet<AlarmKind>) => void;
}

function KindChecks({ chosen, onChange }: KindChecksProps) {
  const t = useWords();
  return (
    <fieldset className="checks">
      <legend>{t('recipient.kindsNone')}</legend>
      {ALARM_KIND_NAMES.map((kind) => (
        <label key={kind} className="check">
          <input
            type="checkbox"
            checked={chosen.has(kind)}
            onChange={() => onChange(chosen.symmetricDifference(new Set([kind])))}
          />
          {t(`alarmKind.${kind}`)}
        </label>
      ))}
    </fieldset>
  );
}

function useFields(opened: Webhook, now: Webhook) {
  const t = useWords();
  const { data: tree } = useOrganisations();
  const texts = (one: Webhook) =>
    [
      one.name,
      addressIn(one.target),
      tree?.find(({ id }) => id === one.organisationId)?.name ?? '',
      t(`severity.${one.leastSeverity}`),
      one.kinds.map((kind) => t(`alarmKind.${kind}`)).join(', ') || t('recipient.allKinds'),
      t(one.enabled ? 'recipient.on' : 'recipient.off'),
    ] as const;
  const names = [
    t('column.name'),
    t('recipient.address'),
    t('recipient.about'),
    t('recipient.least'),
    t('recipient.kinds'),
    t('column.state'),
  ];
  const before = texts(opened);
  const after = texts(now);
  return names.map((name, index) => [name, before[index] ?? '', after[index] ?? ''] as const);
}
