import { shout } from 'shout';

export function widget(name) {
  return shout(`a widget for ${name}`);
}
