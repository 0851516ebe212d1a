use argon2::PasswordHasher;

use super::*;
use crate::random::SystemRandom;

fn passwords(memory_kib: u32) -> Passwords {
    let settings = PasswordSettings {
        min_length: 15,
        memory_kib,
        iterations: 1,
        parallelism: 1,
        max_concurrent: 1,
    };
    Passwords::new(&settings, Arc::new(SystemRandom)).unwrap()
}

impl Passwords {
    /// Keeps the one hashing thread busy until something is sent.
    pub(crate) async fn held_up(&self) -> std::sync::mpsc::Sender<()> {
        let (go_on, may_go_on) = std::sync::mpsc::channel();
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let work = self.workers.run(self.workers.place().unwrap(), move |_| {
            let _ = begun.send(());
            may_go_on.recv().map_err(|_| HasherError::Busy)
        });
        tokio::select! { _ = work => panic!("it waits"), begun = has_begun => begun.unwrap() }
        go_on
    }

    /// How much was given to the hashing threads until now.
    pub(crate) fn handed_over(&self) -> usize {
        self.workers.handed_over.load(std::sync::atomic::Ordering::SeqCst)
    }

    async fn hashed(&self, password: &str) -> Secret {
        let place = self.place(&RoomForPassword::for_command()).unwrap();
        self.hash_again(place, &Secret::new(password)).await.unwrap()
    }

    async fn checked(&self, password: &str, hash: Option<&Secret>) -> Verdict {
        let place = self.place(&RoomForPassword::for_command()).unwrap();
        self.check(place, &Secret::new(password), hash).await.unwrap()
    }
}

#[tokio::test]
async fn a_hash_is_an_argon2id_phc_string_with_a_salt_of_its_own() {
    let passwords = passwords(64);
    let one = passwords.hashed("correct horse battery").await;
    assert!(one.expose().starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{}", one.expose());
    assert_ne!(one, passwords.hashed("correct horse battery").await);
}

#[tokio::test]
async fn the_last_of_a_thousand_characters_counts() {
    let passwords = passwords(64);
    let long = "x".repeat(1000);
    let hash = Some(passwords.hashed(&format!("{long}a")).await);
    assert_eq!(passwords.checked(&format!("{long}a"), hash.as_ref()).await, Verdict::Right);
    assert_eq!(passwords.checked(&format!("{long}b"), hash.as_ref()).await, Verdict::Wrong);
}

#[tokio::test]
async fn a_letter_is_the_same_however_it_is_typed() {
    let passwords = passwords(64);
    let hash = passwords.hashed("caf\u{e9} au lait, twice").await;
    let verdict = passwords.checked("cafe\u{301} au lait, twice", Some(&hash)).await;
    assert_eq!(verdict, Verdict::Right);
}

fn check_of(argon2: Argon2<'static>, password: &str) -> Check {
    let costs = Arc::new(Costs::new(Cost::of(argon2.params())));
    Check { argon2, costs, password: Secret::new(password) }
}

fn argon2(memory_kib: u32, iterations: u32) -> Argon2<'static> {
    let cost = Params::new(memory_kib, iterations, 1, None).unwrap();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, cost)
}

/// Against the crate's own way, with memory that is new each time.
#[test]
fn used_memory_changes_nothing() {
    let (salt, password) = ([7; 16], "correct horse battery");
    let mut memory = Memory::default();
    // The last is large enough for large pages.
    for memory_kib in [256, 64, 512, 64, 8192] {
        let argon2 = argon2(memory_kib, 2);
        let ours = hash(&argon2, &Secret::new(password), &salt, &mut memory).unwrap();
        let theirs = argon2.hash_password_with_salt(password.as_bytes(), &salt);
        assert_eq!(ours.expose(), theirs.unwrap().to_string());
        let right = check_of(argon2.clone(), password).against(Some(&ours), &mut memory).unwrap();
        assert_eq!(right, Verdict::Right);
        let wrong = check_of(argon2, "correct horse batterx").against(Some(&ours), &mut memory);
        assert_eq!(wrong.unwrap(), Verdict::Wrong);
    }
}

#[tokio::test]
async fn what_another_algorithm_made_is_nobodys_password() {
    let foreign =
        "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E";
    let verdict = passwords(64).checked("x", Some(&Secret::new(foreign))).await;
    assert_eq!(verdict, Verdict::Wrong);
}

#[tokio::test]
async fn a_hash_of_another_cost_is_right_but_outdated() {
    let hash = passwords(64).hashed("correct horse battery").await;
    let verdict = passwords(128).checked("correct horse battery", Some(&hash)).await;
    assert_eq!(verdict, Verdict::RightButOutdated);
}

#[tokio::test]
async fn nobody_has_a_right_password() {
    assert_eq!(passwords(64).checked("x", None).await, Verdict::Wrong);
}

/// The memory that Argon2 fills, sorted, is what the time of a check depends on.
#[test]
fn a_refusal_is_the_same_work_for_an_old_account_a_new_one_and_none() {
    let (old, new) = (argon2(64, 1), argon2(256, 1));
    let mut memory = Memory::default();
    let mut hashed = |argon2| {
        hash(argon2, &Secret::new("correct horse battery"), &[7; 16], &mut memory).unwrap()
    };
    let hashes = [Some(hashed(&old)), Some(hashed(&new)), None, Some(Secret::new("$scrypt$ln=16"))];
    let check = check_of(new, "not the right one");
    check.costs.learn(Cost::of(old.params()));
    let work = hashes.each_ref().map(|hash| {
        let mut memory = Memory::default();
        assert_eq!(check.against(hash.as_ref(), &mut memory).unwrap(), Verdict::Wrong);
        memory.asked.sort_unstable();
        memory.asked
    });
    assert_eq!(work, [const { [64, 256] }; 4]);
}

#[test]
fn a_cost_is_learnt_from_the_beginning_of_a_hash_and_once() {
    let passwords = passwords(64);
    let hashes = ["$argon2id$v=19$m=128,t=2,p=1$", "$argon2id$v=19$m=128,t=2,p=1", "junk", ""];
    for _ in 0..2 {
        passwords.learn_costs(&hashes.map(str::to_owned));
    }
    assert_eq!(passwords.costs.besides(None).len(), 2);
    assert_eq!(passwords.costs.besides(Some(Cost::of(argon2(128, 2).params()))).len(), 1);
}

#[tokio::test]
async fn an_easy_password_is_judged_on_the_hashing_threads() {
    let passwords = passwords(64);
    let room = RoomForPassword::for_command();
    let judged = async |password: &str| {
        let place = passwords.place(&room).unwrap();
        let known = vec![Secret::new("ada")];
        passwords.hash_new(place, &Secret::new(password), known).await.unwrap()
    };
    assert!(matches!(judged("passwordpassword").await, NewHash::TooEasy));
    assert!(matches!(judged("correct horse battery").await, NewHash::Hash(_)));
}
