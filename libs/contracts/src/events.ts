/**
 * A CloudEvent 1.0 as JSON has it (https://github.com/cloudevents/spec, json-format.md): what is stored, what a filter
 * and a run see, and what subscribers are sent. Other members are extension attributes.
 */
export interface CloudEvent {
  specversion: '1.0';
  id: string;
  source: string;
  type: string;
  subject?: string;
  time?: string;
  datacontenttype?: string;
  dataschema?: string;
  data?: unknown;
  data_base64?: string;
  [extension: string]: unknown;
}
