// A new gateway, or a change of one.

import { Button } from '@digdir/designsystemet-react';
import type { GatewayDetail } from '@rmh/contract/api';
import { useState } from 'react';
import { useGet, useWrite } from '../api/api.ts';
import { ModalDialog, TextInput } from '../parts/fields.tsx';
import { SaveFault, useOpened } from '../parts/overtaken.tsx';
import { Answer } from '../parts/page.tsx';
import { useWords } from '../words/words.ts';

type Written = Pick<GatewayDetail, 'name' | 'site' | 'endpoint' | 'allowedIps' | 'version'>;
const NEW: Written = { name: '', site: '', endpoint: '', allowedIps: [], version: 0 };

export function NewGateway({ onClose }: { readonly onClose: () => void }) {
  const t = useWords();
  return (
    <ModalDialog title={t('gateway.new')} open onClose={onClose}>
      <GatewayForm id={null} now={NEW} onDone={onClose} />
    </ModalDialog>
  );
}

interface ChangeGatewayProps {
  readonly id: number;
  readonly name: string;
  readonly onClose: () => void;
}

export function ChangeGateway({ id, name, onClose }: ChangeGatewayProps) {
  const t = useWords();
  const detail = useGet<GatewayDetail>(`/gateways/${id}`);
  return (
    <ModalDialog title={t('gateway.change', { name })} open onClose={onClose}>
      <Answer of={detail}>{(data) => <GatewayForm id={id} now={data} onDone={onClose} />}</Answer>
    </ModalDialog>
  );
}

interface GatewayFormProps {
  readonly id: number | null;
  readonly now: Written;
  readonly onDone: () => void;
}

function GatewayForm({ id, now, onDone }: GatewayFormProps) {
  const t = useWords();
  const write = useWrite(['/gateways']);
  const { opened, version } = useOpened(now, write.error);
  const [name, setName] = useState(opened.name);
  const [site, setSite] = useState(opened.site);
  const [endpoint, setEndpoint] = useState(opened.endpoint);
  const [allowed, setAllowed] = useState(opened.allowedIps.join(', '));
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const body = { name, site, endpoint, allowedIps: allowed.trim().split(/[\s,]+/) };
    write.mutate(
      id === null
        ? { path: '/gateways', body }
        : { path: `/gateways/${id}`, method: 'PUT', body, version },
      { onSuccess: onDone },
    );
  };
  return (
    <form className="form" onSubmit={submit}>
      <TextInput label={t('column.name')} value={name} onChange={setName} required />
      <TextInput label={t('column.site')} value={site} onChange={setSite} required />
      <TextInput
        label={t('column.endpoint')}
        value={endpoint}
        placeholder="192.0.2.1:51820"
        onChange={setEndpoint}
        required
      />
      <TextInput
        label={t('gateway.allowed')}
        value={allowed}
        placeholder="10.64.0.0/16"
        onChange={setAllowed}
        required
      />
      <SaveFault
        error={write.error}
        fields={[
          [t('column.name'), opened.name, now.name],
          [t('column.site'), opened.site, now.site],
          [t('column.endpoint'), opened.endpoint, now.endpoint],
          [t('gateway.allowed'), opened.allowedIps.join(', '), now.allowedIps.join(', ')],
        ]}
      />
      <Button type="submit" loading={write.isPending}>
        {t('action.save')}
      </Button>
    </form>
  );
}
