import { Button } from '@digdir/designsystemet-react';
import type { Grant, Role, User } from '@rmh/contract/api';
import { useState } from 'react';
import { useMay, useOrganisations, usePages, useWrite } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { ROLE_NAMES } from '../choices.ts';
import { whenText } from '../format.ts';
import { OrganisationChoice } from '../parts/choices.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Choice, ModalDialog, TextInput } from '../parts/fields.tsx';
import { Answer, Fault, Panel } from '../parts/page.tsx';
import { useLanguage, useWords } from '../words/words.ts';

export function Users() {
  const t = useWords();
  const may = useMay();
  const list = usePages<User>('/users', { limit: 200 });
  const [edited, setEdited] = useState<User | 'new' | null>(null);
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
        {(users) => <UserTable users={users} onEdit={may('user.write') ? setEdited : null} />}
      </Answer>
      {edited !== null && (
        <UserDialog user={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />
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
              .map(({ role, organisationId }) => `${t(`role.${role}`)} · ${nameOf(organisationId)}`)
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

function UserDialog({
  user,
  onClose,
}: {
  readonly user: User | null;
  readonly onClose: () => void;
}) {
  const t = useWords();
  const [name, setName] = useState(user?.name ?? '');
  const [email, setEmail] = useState(user?.email ?? '');
  const [organisationId, setOrganisation] = useState(String(user?.organisationId ?? ''));
  const [grants, setGrants] = useState<readonly Grant[]>(user?.grants ?? []);
  const [active, setActive] = useState(user?.active ?? true);
  const write = useWrite(['/users', 'me']);
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
        : ({ path: `/users/${user.id}`, method: 'PUT', body, version: user.version } as const);
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
        {write.error !== null && <Fault error={write.error} />}
        <Button type="submit" loading={write.isPending} disabled={organisationId === ''}>
          {t('action.save')}
        </Button>
      </form>
    </ModalDialog>
  );
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
  const add = (): void => onChange([...grants, { role, organisationId: Number(organisationId) }]);
  return (
    <fieldset className="grants">
      <legend>{t('user.grants')}</legend>
      <ul>
        {grants.map((grant, index) => {
          const where = tree?.find(({ id }) => id === grant.organisationId)?.name ?? '–';
          const text = `${t(`role.${grant.role}`)} · ${where}`;
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
        <OrganisationChoice one value={organisationId} onChange={setOrganisation} />
        <Button variant="secondary" disabled={organisationId === ''} onClick={add}>
          {t('action.add')}
        </Button>
      </div>
    </fieldset>
  );
}
