// Where a person goes, asks, searches and changes their team without leaving the keyboard.

import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { useNavigate, useRouteLoaderData, useSubmit } from 'react-router';
import { classes } from '../components/classes.ts';
import type { PortalData } from '../portal-data.ts';
import { palette as words } from '../texts/shortcuts.ts';
import { draftAddress } from '../work/draft.ts';

interface Command {
  readonly name: string;
  run(): void;
}

export default function Palette({ onClose, onKeys }: { onClose(): void; onKeys(): void }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => field.current?.focus(), []);
  const commands = useCommands(text.trim(), onKeys);
  const chosen = commands[at];
  const run = (command: Command | undefined) => {
    if (command === undefined) return;
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setAt((now) => (now + step + commands.length) % Math.max(commands.length, 1));
    else if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
    else run(chosen);
    event.preventDefault();
  };
  return (
    <>
      <input
        ref={field}
        type="text"
        role="combobox"
        aria-label={words.title}
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={chosen === undefined ? undefined : `${id}-${at}`}
        autoComplete="off"
        dir="auto"
        maxLength={1_000}
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
        placeholder={words.placeholder}
        className="h-14 w-full border-b border-hairline bg-transparent px-5 text-ink outline-none placeholder:text-soft"
      />
      <ul id={`${id}-list`} role="listbox" aria-label={words.title} className="max-h-[50dvh] overflow-y-auto p-2">
        {commands.map((command, i) => (
          <li
            key={command.name}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === at}
            onClick={() => run(command)}
            onPointerMove={() => setAt(i)}
            className={classes('flex min-h-11 cursor-pointer items-center rounded-control px-3 wrap-anywhere', i === at && 'bg-sunken')}
          >
            {command.name}
          </li>
        ))}
      </ul>
      {commands.length === 0 && <p className="px-5 pb-5 text-soft">{words.none}</p>}
    </>
  );
}

function useCommands(text: string, onKeys: () => void): Command[] {
  const { places, teamPlaces, teams, teamId } = useRouteLoaderData<PortalData>('portal')!;
  const navigate = useNavigate();
  const submit = useSubmit();
  const goTo = (name: string, to: string): Command => ({ name, run: () => void navigate(to) });
  const all: Command[] = [
    goTo(words.newRequest, '/dashboard'),
    goTo(words.goTo(words.history), '/tasks'),
    ...places.filter(({ to }) => to !== '/dashboard').map(({ to, label }) => goTo(words.goTo(label), to)),
    ...teamPlaces.filter(({ to }) => to !== '/team').map(({ to, label }) => goTo(words.goTo(label), to)),
    goTo(words.getCredits, '/buy'),
    goTo(words.goTo(words.settings), '/settings'),
    ...teams
      .filter((team) => team.teamId !== teamId)
      .map((team) => ({
        name: words.switchTo(team.name),
        run: () => void submit({ intent: `switch ${team.teamId}`, team: team.teamId }, { method: 'post', action: '/team' }),
      })),
    { name: words.keys, run: onKeys },
  ];
  if (text === '') return all;
  const looked = text.toLowerCase();
  return [
    ...all.filter(({ name }) => name.toLowerCase().includes(looked)),
    goTo(words.ask(text), draftAddress(text)),
    goTo(words.search(text), `/tasks?${new URLSearchParams({ search: text }).toString()}`),
  ];
}
