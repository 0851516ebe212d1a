use axum::http::StatusCode;
use carnet_shared::{ErrorCode, PROBLEM_CONTENT_TYPE, Problem};
use tokio::net::TcpStream;

/// Says on a connection that is about to be closed why it is, as far as that goes without waiting.
pub(super) fn refuse(socket: &TcpStream, code: ErrorCode) {
    // A client that misses the answer still sees the connection close.
    let _ = socket.try_write(&answer(code));
}

fn answer(code: ErrorCode) -> Vec<u8> {
    let body = serde_json::to_string(&Problem::new(code)).unwrap_or_default();
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let retry = if status == StatusCode::SERVICE_UNAVAILABLE { "retry-after: 1\r\n" } else { "" };
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {PROBLEM_CONTENT_TYPE}\r\ncontent-length: {length}\r\n\
         cache-control: no-store\r\nx-content-type-options: nosniff\r\n{retry}\
         connection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_a_whole_answer() {
        let text = String::from_utf8(answer(ErrorCode::Unavailable)).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 503 Service Unavailable\r\n"), "{head}");
        assert!(head.contains(&format!("content-length: {}\r\n", body.len())), "{head}");
        assert!(
            head.contains("retry-after: 1\r\n") && head.contains("connection: close"),
            "{head}"
        );
        let problem: Problem = serde_json::from_str(body).unwrap();
        assert_eq!(problem.code, ErrorCode::Unavailable);
    }
}
