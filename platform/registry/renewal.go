package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/emmansun/gmsm/smx509"
)

// Overlap is how long a terminal may come with its earlier TLS certificate after it has first come with a renewed one: long enough for a
// machine whose disk did not keep what it said to have synced. What the earlier keys signed, and what was sealed to them, counts on.
const Overlap = 30 * 24 * time.Hour

// What is issued to one generation: nobody needs more, whatever its clock says.
const (
	MaxRenewals = 100
	apart       = 7 * 24 * time.Hour
)

// EnrolledYears is how long the certificates of an enrolment last.
const EnrolledYears = 5

// ErrRenewals says that a generation's certificates are not renewed now.
var ErrRenewals = errors.New("this terminal's certificates were renewed a short while ago, or too often")

// Renew keeps a renewal of a terminal's certificates for the keys named by keys (a digest), and gives the answer to it. issue is called
// inside the transaction and gives the certificates in the order sign, encrypt, tls. The same keys get the kept answer again. Errors: ErrTerminal, ErrRenewals, or issue's.
func (r *Registry) Renew(ctx context.Context, t Terminal, keys string, issue func() ([]Certificate, []byte, error)) (answer []byte, err error) {
	err = r.inTx(ctx, func(tx *sql.Tx) error {
		var owner string
		err := tx.QueryRowContext(ctx, `SELECT number || generation, answer FROM renewals WHERE keys = ?`, keys).Scan(&owner, &answer)
		if err == nil && owner != t.Number+t.Generation {
			return ErrTerminal
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		var position int
		var last int64
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(position), 0) + 1, coalesce(max(at), 0) FROM renewals WHERE number = ? AND generation = ?`,
			t.Number, t.Generation).Scan(&position, &last); err != nil {
			return err
		}
		if position > MaxRenewals || r.now().Sub(fromMillis(last)).Abs() < apart {
			return ErrRenewals
		}
		certificates, made, err := issue()
		if err != nil {
			return err
		}
		if err := addCertificates(ctx, tx, t.Number, t.Generation, certificates); err != nil {
			return err
		}
		answer = made
		_, err = tx.ExecContext(ctx, `INSERT INTO renewals (keys, number, generation, position, at, sign, encrypt, tls, ends, answer) VALUES (?,?,?,?,?,?,?,?,?,?)`,
			keys, t.Number, t.Generation, position, millis(r.now()), certificates[0].Serial, certificates[1].Serial, certificates[2].Serial, millis(certificates[0].Ends), made)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("renew a terminal's certificates: %w", err)
	}
	return answer, nil
}

// HearRenewed notes the first time a terminal comes with a renewed certificate for TLS or signing: it has put them in force.
func (r *Registry) HearRenewed(ctx context.Context, serial string) error {
	const fresh = `(tls = ?1 OR sign = ?1) AND used = 0`
	var n int
	if err := r.db.QueryRowContext(ctx, `SELECT count(*) FROM renewals WHERE `+fresh, serial).Scan(&n); err != nil {
		return fmt.Errorf("find a renewal: %w", err)
	}
	if n == 0 {
		return nil
	}
	if _, err := r.db.ExecContext(ctx, `UPDATE renewals SET used = ?2 WHERE `+fresh, serial, millis(r.now())); err != nil {
		return fmt.Errorf("note a renewal: %w", err)
	}
	return nil
}

// ofRenewal joins a certificate c with the renewal it is of.
const ofRenewal = ` LEFT JOIN renewals r ON r.number = c.number AND r.generation = c.generation AND c.serial IN (r.sign, r.encrypt, r.tls) `

// InForce gives the DER of the certificate of a use ("sign", "encrypt" or "tls") that a terminal has in force: of its last renewal that it
// came with, else of its enrolment.
func (r *Registry) InForce(ctx context.Context, t Terminal, use string) ([]byte, error) {
	var der []byte
	err := r.db.QueryRowContext(ctx, `SELECT c.der FROM certificates c`+ofRenewal+`
		WHERE c.number = ? AND c.generation = ? AND c.use = ? AND (r.keys IS NULL OR r.used > 0) ORDER BY coalesce(r.position, 0) DESC LIMIT 1`,
		t.Number, t.Generation, use).Scan(&der)
	if err != nil {
		return nil, fmt.Errorf("find a terminal's certificate: %w", err)
	}
	return der, nil
}

// ends tells when the certificates end that a terminal has in force.
func (r *Registry) ends(ctx context.Context) (func(m Member) time.Time, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT number, generation, max(ends) FROM renewals WHERE used > 0 GROUP BY number, generation`)
	if err != nil {
		return nil, fmt.Errorf("list renewals: %w", err)
	}
	defer rows.Close()
	all := map[string]time.Time{}
	for rows.Next() {
		var number, generation string
		var ends int64
		if err := rows.Scan(&number, &generation, &ends); err != nil {
			return nil, fmt.Errorf("list renewals: %w", err)
		}
		all[number+generation] = fromMillis(ends)
	}
	return func(m Member) time.Time {
		if renewed, is := all[m.Number+m.Generation]; is {
			return renewed
		}
		return m.Enrolled.AddDate(EnrolledYears, 0, 0)
	}, rows.Err()
}

// EncryptCertificate gives the DER of the certificate a terminal's updates are sealed to.
func (r *Registry) EncryptCertificate(ctx context.Context, t Terminal) ([]byte, error) {
	return r.InForce(ctx, t, "encrypt")
}

// Certificates gives every certificate of a use that a generation ever had.
func (r *Registry) Certificates(ctx context.Context, t Terminal, use string) ([]*smx509.Certificate, error) {
	return r.certificates(ctx, `SELECT der FROM certificates WHERE number = ? AND generation = ? AND use = ?`, t.Number, t.Generation, use)
}

// Signs gives the signing certificates that a terminal may have at present: those in force, those to come, and for Overlap those before.
func (r *Registry) Signs(ctx context.Context, t Terminal) ([]*smx509.Certificate, error) {
	return r.certificates(ctx, `SELECT c.der FROM certificates c`+ofRenewal+`WHERE c.number = ? AND c.generation = ? AND c.use = 'sign'
		AND NOT EXISTS (SELECT 1 FROM renewals l WHERE l.number = c.number AND l.generation = c.generation AND l.used > 0 AND l.used < ?
			AND l.position > coalesce(r.position, 0))`, t.Number, t.Generation, millis(r.now().Add(-Overlap)))
}

func (r *Registry) certificates(ctx context.Context, query string, args ...any) (all []*smx509.Certificate, err error) {
	rows, err := r.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("find certificates: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var der []byte
		if err := rows.Scan(&der); err != nil {
			return nil, fmt.Errorf("find certificates: %w", err)
		}
		c, err := smx509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("read a terminal's certificate: %w", err)
		}
		all = append(all, c)
	}
	return all, rows.Err()
}
