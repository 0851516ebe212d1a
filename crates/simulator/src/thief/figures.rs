use super::Life;

/// What became of many thieves of one kind.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    lives: Vec<Life>,
}

impl Figures {
    /// Adds one.
    pub fn add(&mut self, life: Life) {
        self.lives.push(life);
    }

    /// How many got anything at all, in percent.
    pub fn successes(&self) -> f64 {
        self.percent(|life| life.tokens > 0)
    }

    /// How many were still at it after a day, in percent.
    pub fn going_on(&self) -> f64 {
        self.percent(|life| life.goes_on)
    }

    /// Median, 95th percentile and maximum of something.
    pub fn spread(&self, of: impl Fn(&Life) -> u64) -> [u64; 3] {
        let mut all: Vec<u64> = self.lives.iter().map(of).collect();
        all.sort_unstable();
        let last = all.len().saturating_sub(1);
        [last / 2, last * 95 / 100, last].map(|place| all.get(place).copied().unwrap_or_default())
    }

    fn percent(&self, of: impl Fn(&Life) -> bool) -> f64 {
        let count = self.lives.iter().filter(|life| of(life)).count();
        100.0 * count as f64 / self.lives.len().max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_median_95th_percentile_and_maximum() {
        let mut figures = Figures::default();
        for tokens in (1..=101).rev() {
            figures.add(Life { tokens, ..Life::default() });
        }
        assert_eq!(figures.spread(|life| life.tokens), [51, 96, 101]);
    }
}
