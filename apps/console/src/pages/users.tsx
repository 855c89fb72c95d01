import { Button } from '@digdir/designsystemet-react';
import type { Grant, Role, User } from '@rmh/contract/api';
import { useState } from 'react';
import { useCarriers, useMay, useOrganisations, usePages, useWrite } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { ROLE_NAMES } from '../choices.ts';
import { whenText } from '../format.ts';
import { OrganisationChoice } from '../parts/choices.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Choice, ModalDialog, TextInput } from '../parts/fields.tsx';
import { SaveFault, useOpened } from '../parts/overtaken.tsx';
import { Answer, Panel } from '../parts/page.tsx';
import { useLanguage, useWords } from '../words/words.ts';

export function Users() {
  const t = useWords();
  const may = useMay();
  const list = usePages<User>('/users', { limit: 200 });
  const [edited, setEdited] = useState<number | 'new' | null>(null);
  const user = list.items?.find(({ id }) => id === edited);
  return (
    <Panel
      title={t('admin.users')}
      tools={
        may('user.write') && (
          <Button variant="secondary" onClick={() => setEdited('new')}>
            {t('user.new')}
          </Button>
        )
      }
    >
      <Answer of={{ data: list.items, error: list.error }}>
        {(users) => (
          <UserTable users={users} onEdit={may('user.write') ? ({ id }) => setEdited(id) : null} />
        )}
      </Answer>
      {(edited === 'new' || user !== undefined) && (
        <UserDialog user={user ?? null} onClose={() => setEdited(null)} />
      )}
    </Panel>
  );
}

interface UserTableProps {
  readonly users: readonly User[];
  readonly onEdit: ((user: User) => void) | null;
}

function UserTable({ users, onEdit }: UserTableProps) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  const { data: tree } = useOrganisations();
  const nameOf = (id: number): string => tree?.find((one) => one.id === id)?.shortName ?? '–';
  const carrierOf = useCarrierNames();
  return (
    <DataTable
      caption={t('admin.users')}
      rows={users}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'name',
          head: t('column.name'),
          names: true,
          cell: (user) =>
            onEdit === null ? (
              user.name
            ) : (
              <button type="button" className="link" onClick={() => onEdit(user)}>
                {user.name}
              </button>
            ),
        },
        { key: 'email', head: t('column.email'), spare: true, cell: ({ email }) => email ?? '–' },
        {
          key: 'grants',
          head: t('user.grants'),
          cell: ({ grants }) =>
            grants
              .map(({ role, organisationId, carrierId }) => {
                return `${t(`role.${role}`)} · ${carrierOf(carrierId) ?? nameOf(organisationId)}`;
              })
              .join(', ') || '–',
        },
        {
          key: 'active',
          head: t('user.active'),
          cell: ({ active }) => t(active ? 'word.yes' : 'word.no'),
        },
        {
          key: 'seen',
          head: t('user.lastSeen'),
          cell: ({ lastSeenAt }) =>
            lastSeenAt === null ? '–' : whenText(language, lastSeenAt, nowMs),
        },
      ]}
    />
  );
}

const NEW = {
  id: 0,
  organisationId: 0,
  name: '',
  email: null,
  grants: [],
  active: true,
  lastSeenAt: null,
  version: 0,
} as const satisfies User;

function UserDialog({
  user,
  onClose,
}: {
  readonly user: User | null;
  readonly onClose: () => void;
}) {
  const t = useWords();
  const write = useWrite(['/users', 'me']);
  const { opened, version } = useOpened(user ?? NEW, write.error);
  const [name, setName] = useState(opened.name);
  const [email, setEmail] = useState(opened.email ?? '');
  const [organisationId, setOrganisation] = useState(String(opened.organisationId || ''));
  const [grants, setGrants] = useState<readonly Grant[]>(opened.grants);
  const [active, setActive] = useState(opened.active);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const body = {
      organisationId: Number(organisationId),
      name: name.trim(),
      email: email.trim() === '' ? null : email.trim(),
      grants,
      active,
    };
    const call =
      user === null
        ? ({ path: '/users', body } as const)
        : ({ path: `/users/${user.id}`, method: 'PUT', body, version } as const);
    write.mutate(call, { onSuccess: onClose });
  };
  return (
    <ModalDialog title={user?.name ?? t('user.new')} open onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <TextInput label={t('column.name')} value={name} onChange={setName} required />
        <TextInput label={t('column.email')} type="email" value={email} onChange={setEmail} />
        <OrganisationChoice one value={organisationId} onChange={setOrganisation} />
        <GrantList grants={grants} onChange={setGrants} />
        <label className="check">
          <input type="checkbox" checked={active} onChange={() => setActive(!active)} />
          {t('user.active')}
        </label>
        <SaveFault error={write.error} fields={useFields(opened, user ?? opened)} />
        <Button type="submit" loading={write.isPending} disabled={organisationId === ''}>
          {t('action.save')}
        </Button>
      </form>
    </ModalDialog>
  );
}

function useFields(opened: User, now: User) {
  const t = useWords();
  const { data: tree } = useOrganisations();
  const nameOf = (id: number): string => tree?.find((one) => one.id === id)?.name ?? '–';
  const carrierOf = useCarrierNames();
  const grantsOf = ({ grants }: User): string =>
    grants
      .map(({ role, organisationId, carrierId }) => {
        return `${t(`role.${role}`)} · ${carrierOf(carrierId) ?? nameOf(organisationId)}`;
      })
      .join(', ') || '–';
  const activeOf = ({ active }: User): string => t(active ? 'word.yes' : 'word.no');
  return [
    [t('column.name'), opened.name, now.name],
    [t('column.email'), opened.email ?? '–', now.email ?? '–'],
    [t('column.organisation'), nameOf(opened.organisationId), nameOf(now.organisationId)],
    [t('user.grants'), grantsOf(opened), grantsOf(now)],
    [t('user.active'), activeOf(opened), activeOf(now)],
  ] as const;
}

/** Undefined where no carrier is meant. */
function useCarrierNames(): (id: number | undefined) => string | undefined {
  const { data } = useCarriers();
  return (id) => (id === undefined ? undefined : (data?.find((one) => one.id === id)?.name ?? '–'));
}

interface GrantListProps {
  readonly grants: readonly Grant[];
  readonly onChange: (grants: readonly Grant[]) => void;
}

function GrantList({ grants, onChange }: GrantListProps) {
  const t = useWords();
  const { data: tree } = useOrganisations();
  const [role, setRole] = useState<Role>('trust-user');
  const [organisationId, setOrganisation] = useState('');
  const { data: carriers } = useCarriers();
  const [carrierId, setCarrier] = useState('');
  const carrierOf = useCarrierNames();
  // Who speaks for a carrier does so before the whole nation.
  const isContact = role === 'carrier-contact';
  const nation = tree?.find(({ kind }) => kind === 'national')?.id ?? 0;
  const isChosen = isContact ? carrierId !== '' : organisationId !== '';
  const add = (): void =>
    onChange([
      ...grants,
      isContact
        ? { role, organisationId: nation, carrierId: Number(carrierId) }
        : { role, organisationId: Number(organisationId) },
    ]);
  return (
    <fieldset className="grants">
      <legend>{t('user.grants')}</legend>
      <ul>
        {grants.map((grant, index) => {
          const where = tree?.find(({ id }) => id === grant.organisationId)?.name ?? '–';
          const text = `${t(`role.${grant.role}`)} · ${carrierOf(grant.carrierId) ?? where}`;
          return (
            <li key={text}>
              {text}{' '}
              <button
                type="button"
                className="link"
                aria-label={`${t('action.remove')}: ${text}`}
                onClick={() => onChange(grants.toSpliced(index, 1))}
              >
                {t('action.remove')}
              </button>
            </li>
          );
        })}
      </ul>
      <div className="row">
        <Choice
          label={t('user.role')}
          value={role}
          options={ROLE_NAMES.map((one) => ({ value: one, label: t(`role.${one}`) }))}
          onChange={setRole}
        />
        {isContact ? (
          <Choice
            label={t('column.carrier')}
            value={carrierId}
            options={[
              { value: '', label: t('filter.choose') },
              ...(carriers ?? []).map(({ id, name }) => ({ value: String(id), label: name })),
            ]}
            onChange={setCarrier}
          />
        ) : (
          <OrganisationChoice one value={organisationId} onChange={setOrganisation} />
        )}
        <Button variant="secondary" disabled={!isChosen} onClick={add}>
          {t('action.add')}
        </Button>
      </div>
    </fieldset>
  );
}
