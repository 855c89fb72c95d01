// A field to search in: it asks when the typing pauses.
import { useEffect, useState } from 'react';
import { TextInput } from './fields.tsx';

const TYPING_MS = 250;

interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

export function SearchField({ label, value, onChange }: SearchFieldProps) {
  const [text, setText] = useState(value);
  useEffect(() => {
    if (text === value) return;
    const alarm = setTimeout(() => onChange(text), TYPING_MS);
    return () => clearTimeout(alarm);
  }, [text, value, onChange]);
  return <TextInput label={label} type="search" value={text} onChange={setText} grow />;
}
