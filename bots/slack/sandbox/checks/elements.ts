// What can be pressed, chosen and filled in. Lists that Slack fills by itself (people, channels) are left out: nobody is shown them.

import { bool, int, kinds, list, oneOf, shape, text, url, type Check } from './check.ts';
import { richText } from './rich-text.ts';
import { colorScheme, confirm, identifier, option, optionGroup, plain } from './texts.ts';

const action_id = identifier;
const placeholder = plain(150);
const focus_on_load = bool;
const date = text(10, 10);
const dispatch = { dispatch_action_config: shape({}, { trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), 2) }) };

const button = shape(
  { text: plain(75) },
  { action_id, value: text(2000, 0), url, style: colorScheme, confirm, accessibility_label: text(75) },
);

export const image: Check = shape({ alt_text: text(2000, 0) }, { image_url: url, slack_file: shape({}, { id: text(30), url }) });

const choice = { action_id, confirm, focus_on_load };

const pressed = {
  button,
  overflow: shape({ options: list(option, 5) }, { action_id, confirm }),
  checkboxes: shape({ options: list(option, 10) }, { ...choice, initial_options: list(option, 10) }),
  radio_buttons: shape({ options: list(option, 10) }, { ...choice, initial_option: option }),
  static_select: shape(
    {},
    { ...choice, placeholder, options: list(option, 100), option_groups: list(optionGroup, 100), initial_option: option },
  ),
  multi_static_select: shape(
    {},
    {
      ...choice,
      placeholder,
      options: list(option, 100),
      option_groups: list(optionGroup, 100),
      initial_options: list(option, 100),
      max_selected_items: int(1, 100),
    },
  ),
  datepicker: shape({}, { ...choice, placeholder, initial_date: date }),
  timepicker: shape({}, { ...choice, placeholder, initial_time: text(5, 5), timezone: text(60) }),
  datetimepicker: shape({}, { ...choice, initial_date_time: int(0, 9_999_999_999) }),
};

const input = (more: Readonly<Record<string, Check>>) =>
  shape({}, { action_id, focus_on_load, placeholder, ...dispatch, initial_value: text(3000, 0), ...more });

const written = {
  plain_text_input: input({ multiline: bool, min_length: int(0, 3000), max_length: int(1, 3000) }),
  number_input: shape(
    { is_decimal_allowed: bool },
    { action_id, focus_on_load, placeholder, ...dispatch, initial_value: text(30), min_value: text(30), max_value: text(30) },
  ),
  email_text_input: input({}),
  url_text_input: input({}),
  file_input: shape({}, { action_id, filetypes: list(text(20), 100), max_files: int(1, 10) }),
  rich_text_input: shape({}, { action_id, focus_on_load, placeholder, ...dispatch, initial_value: kinds({ rich_text: richText }) }),
};

export const inActions = kinds({ ...pressed, rich_text_input: written.rich_text_input });
export const inSection = kinds({ ...pressed, image });
const { overflow: _overflow, button: _button, ...chosen } = pressed;
export const inInput = kinds({ ...chosen, ...written });
export const onlyButton = kinds({ button });
export const onlyImage = kinds({ image });

const feedback = shape({ text: plain(75), value: text(2000) }, { accessibility_label: text(75) });
export const inContextActions = kinds({
  feedback_buttons: shape({ positive_button: feedback, negative_button: feedback }, { action_id }),
  icon_button: shape(
    { icon: text(30), text: plain(75) },
    { action_id, value: text(2000), confirm, accessibility_label: text(75), visible_to_user_ids: list(text(30), 10) },
  ),
});
