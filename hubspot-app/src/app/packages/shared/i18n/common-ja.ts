import type { commonEn } from './common-en.ts';
import type { DictionaryOf } from './dictionary.ts';

/** What the card and the settings page both say, in Japanese. */
export const commonJa: DictionaryOf<typeof commonEn> = {
  'environment.sandbox': 'サンドボックス',
  'cancel': 'キャンセル',
  'back': '戻る',
  'close': '閉じる',
  'retry': '再試行',
  'error.timeout': '時間内に応答がありませんでした。',
  'error.network': '呼び出しが届きませんでした。',
  'error.busy': '同時の呼び出しが多すぎます。少し待ってから再試行してください。',
  'error.refused': 'リクエストは拒否されました。',
  'error.not_allowed': 'この操作は許可されていません。Ledgercardの管理者が決めます。',
  'error.conflict': 'その間に別の形で処理されました。ページを再読み込みして現在の状態を確認してください。',
  'error.server': 'Ledgercardのサーバーで障害が起きました。再試行しても問題ありません。',
  'error.unreadable': '理解できない応答が返されました。',
  'error.request': 'リクエスト {id}',
};
